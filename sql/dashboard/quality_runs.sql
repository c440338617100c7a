-- The newest files of a source within some days of upload, newest first, with what is known of their quality.
SELECT
    run.run_id, run.object_name, run.uploaded_at, run.status,
    run.rows_read, run.rows_rejected, run.rows_held, run.rows_unchanged, run.rows_superseded,
    quality.rows_valid, quality.duplicate_rows, quality.is_estimate, run.drift
FROM eco.pipeline_run AS run
LEFT JOIN eco.run_quality AS quality ON run.run_id = quality.run_id
WHERE
    run.source = :source
    AND run.uploaded_at >= cast(:first_day AS timestamp) AT TIME ZONE 'UTC'
    AND run.uploaded_at < cast(:end_day AS timestamp) AT TIME ZONE 'UTC'
ORDER BY run.uploaded_at DESC, run.run_id
LIMIT :most
