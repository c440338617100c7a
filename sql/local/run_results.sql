-- How the given runs stand; a run that no function has seen yet has no row.
SELECT
    run_id,
    status,
    coalesce(reason, notice) AS reason,
    parts_total,
    parts_loaded,
    rows_read,
    rows_loaded,
    rows_unchanged,
    rows_superseded,
    rows_rejected,
    rows_held,
    cast(extract(EPOCH FROM coalesce(finished_at, clock_timestamp()) - uploaded_at) AS float8) AS seconds
FROM eco.pipeline_run
WHERE run_id = any(cast(:run_ids AS uuid[]))
