-- The newest runs, newest first, with what became of their rows; an empty list of sources or statuses means all.
SELECT
    run.object_name, coalesce(run.source, :no_source) AS source, run.status,
    run.rows_read, run.rows_loaded, run.rows_unchanged, run.rows_superseded, run.rows_rejected, run.rows_held,
    accounting.balances, accounting.seconds, run.started_at, accounting.reason,
    run.attempts, run.parts_loaded, run.parts_total, run.failed_stage, run.size_bytes, run.generation,
    run.uploaded_at, run.run_id
FROM eco.pipeline_run AS run
INNER JOIN eco.run_accounting AS accounting ON run.run_id = accounting.run_id
WHERE
    (cardinality(cast(:sources AS text [])) = 0 OR coalesce(run.source, :no_source) = any(cast(:sources AS text [])))
    AND (cardinality(cast(:statuses AS text [])) = 0 OR run.status = any(cast(:statuses AS text [])))
    AND (cast(:since AS timestamptz) IS NULL OR run.started_at >= :since)
ORDER BY run.started_at DESC
LIMIT :newest
