UPDATE eco.pipeline_run
SET lease_until = NULL
WHERE run_id = :run_id AND owner = :owner
