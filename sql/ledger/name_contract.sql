-- The contract that the file is read by; the first attempt decides, what comes back is its version.
UPDATE eco.pipeline_run
SET
    source = coalesce(source, :source),
    contract_version = coalesce(contract_version, :contract_version),
    heartbeat_at = clock_timestamp()
WHERE run_id = :run_id AND owner = :owner
RETURNING contract_version
