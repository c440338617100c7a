-- A sign of life while a large file is read.
UPDATE eco.pipeline_run
SET heartbeat_at = clock_timestamp()
WHERE run_id = :run_id
