-- The file was read to its end: how many parts there are is known from here on.
UPDATE eco.pipeline_run
SET
    parts_total = :parts_total, rows_read = :rows_read, rows_rejected = :rows_rejected,
    validated_at = clock_timestamp(), heartbeat_at = clock_timestamp()
WHERE run_id = :run_id AND status = 'RUNNING' AND validated_at IS NULL
