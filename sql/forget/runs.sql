-- Of these runs, the ones of these sources, and whether they have ended.
SELECT run_id, status <> 'RUNNING' AS has_ended
FROM eco.pipeline_run
WHERE run_id = ANY(CAST(:run_ids AS uuid [])) AND source = ANY(CAST(:sources AS text []))
