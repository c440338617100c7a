-- Of these runs, the ones that ended so long ago that their parts are not needed any more.
SELECT run_id
FROM eco.pipeline_run
WHERE
    run_id = ANY(CAST(:run_ids AS uuid []))
    AND status <> 'RUNNING'
    AND finished_at < clock_timestamp() - make_interval(hours => :hours)
