-- The newest runs, newest first, with what became of their rows; an empty list of sources or statuses means all.
SELECT
    object_name, coalesce(source, :no_source) AS source, status,
    rows_read, rows_loaded, rows_unchanged, rows_superseded, rows_rejected, rows_held,
    balances, seconds, started_at, reason
FROM eco.run_accounting
WHERE
    (cardinality(CAST(:sources AS text [])) = 0 OR coalesce(source, :no_source) = ANY(CAST(:sources AS text [])))
    AND (cardinality(CAST(:statuses AS text [])) = 0 OR status = ANY(CAST(:statuses AS text [])))
ORDER BY started_at DESC
LIMIT :newest
