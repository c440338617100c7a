-- The file was read to its end: how many parts there are is known from here on. The rows that load rejected, of parts
-- that were faster, are in the count already.
UPDATE eco.pipeline_run
SET
    parts_total = :parts_total,
    rows_read = :rows_read,
    rows_rejected = rows_rejected + :rows_rejected,
    notice = :notice,
    validated_at = clock_timestamp(),
    heartbeat_at = clock_timestamp(),
    lease_until = NULL
WHERE run_id = :run_id AND owner = :owner AND status = 'RUNNING' AND validated_at IS NULL
RETURNING run_id
