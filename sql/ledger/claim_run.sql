-- Take the run over, unless another attempt holds it or validation has ended.
UPDATE eco.pipeline_run
SET
    owner = :owner,
    lease_until = clock_timestamp() + make_interval(secs => :seconds),
    attempts = attempts + 1,
    part_rows = coalesce(part_rows, :part_rows),
    heartbeat_at = clock_timestamp()
WHERE
    run_id = :run_id
    AND status = 'RUNNING'
    AND validated_at IS NULL
    AND (lease_until IS NULL OR lease_until < clock_timestamp())
RETURNING part_rows
