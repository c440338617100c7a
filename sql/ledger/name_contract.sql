-- The contract that the file is read by; also a sign of life.
UPDATE eco.pipeline_run
SET source = :source, contract_version = :contract_version, heartbeat_at = clock_timestamp()
WHERE run_id = :run_id
