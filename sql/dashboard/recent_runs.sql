-- The newest runs, newest first, with what became of their rows; an empty list of sources or statuses means all.
SELECT
    object_name, coalesce(source, :no_source) AS source, status,
    rows_read, rows_loaded, rows_unchanged, rows_superseded, rows_rejected, rows_held,
    balances, seconds, started_at, reason
FROM eco.run_accounting
WHERE
    (cardinality(cast(:sources AS text [])) = 0 OR coalesce(source, :no_source) = any(cast(:sources AS text [])))
    AND (cardinality(cast(:statuses AS text [])) = 0 OR status = any(cast(:statuses AS text [])))
ORDER BY started_at DESC
LIMIT :newest
