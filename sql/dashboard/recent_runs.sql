-- The newest runs, newest first, with what became of their rows; an empty list of sources or statuses means all. And the
-- run that is asked for by its id, however old it is.
WITH chosen AS (
    (
        SELECT run_id
        FROM eco.pipeline_run
        WHERE
            (cardinality(cast(:sources AS text [])) = 0 OR coalesce(source, :no_source) = any(cast(:sources AS text [])))
            AND (cardinality(cast(:statuses AS text [])) = 0 OR status = any(cast(:statuses AS text [])))
            AND (cast(:since AS timestamptz) IS NULL OR started_at >= :since)
        ORDER BY started_at DESC
        LIMIT :newest
    )
    UNION
    SELECT cast(:named AS uuid)
)

SELECT
    run.object_name, coalesce(run.source, :no_source) AS source, run.status,
    run.rows_read, run.rows_loaded, run.rows_unchanged, run.rows_superseded, run.rows_rejected, run.rows_held,
    accounting.balances, accounting.seconds, run.started_at, accounting.reason,
    run.attempts, run.parts_loaded, run.parts_total, run.failed_stage, run.size_bytes, run.generation,
    run.uploaded_at, run.run_id
FROM chosen
INNER JOIN eco.pipeline_run AS run ON chosen.run_id = run.run_id
INNER JOIN eco.run_accounting AS accounting ON run.run_id = accounting.run_id
ORDER BY run.started_at DESC
