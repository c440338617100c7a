-- Files of the last week of whose newest run more rows were rejected or held than a file's share may be.
INSERT INTO incoming_problem (subject, object_name, what, seen, seen_at)
SELECT
    format('%s/%s', bucket, object_name),
    object_name,
    format('Of %s rows, %s were rejected and %s held.', rows_read, rows_rejected, rows_held),
    1,
    finished_at
FROM (
    SELECT DISTINCT ON (bucket, object_name) *
    FROM eco.pipeline_run
    WHERE status = 'SUCCESS' AND finished_at > CAST(:now AS timestamptz) - interval '7 days'
    ORDER BY bucket, object_name, generation DESC
) AS newest
WHERE rows_rejected * 100 > :rejected_percent * rows_read OR rows_held * 100 > :held_percent * rows_read
