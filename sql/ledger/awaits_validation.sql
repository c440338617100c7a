-- Whether validation has something left to do.
SELECT status = 'RUNNING' AND validated_at IS NULL
FROM eco.pipeline_run
WHERE run_id = :run_id
