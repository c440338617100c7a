-- Runs of which released rows wait to be loaded. While a file is in progress, its counts are not settled: its rows wait.
SELECT run_id, bucket, object_name, generation, version, uploaded_at, size_bytes
FROM eco.pipeline_run AS run
WHERE
    status <> 'RUNNING'
    AND EXISTS (SELECT FROM eco.quality_log AS entry WHERE entry.run_id = run.run_id AND entry.review_state = 'released')
ORDER BY uploaded_at, run_id
