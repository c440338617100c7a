-- A sign of life while a large file is read; nothing comes back where the run is another's by now.
UPDATE eco.pipeline_run
SET lease_until = clock_timestamp() + make_interval(secs => :seconds), heartbeat_at = clock_timestamp()
WHERE run_id = :run_id AND owner = :owner AND status = 'RUNNING'
RETURNING run_id
