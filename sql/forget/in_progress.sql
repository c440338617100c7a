-- Files of these sources whose rows may still be on their way.
SELECT object_name
FROM eco.pipeline_run
WHERE status = 'RUNNING' AND (source IS NULL OR source = ANY(CAST(:sources AS text [])))
ORDER BY object_name
