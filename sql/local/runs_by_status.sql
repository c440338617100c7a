-- How many runs there are in each status, and when the last one of it began.
SELECT
    status,
    count(*) AS runs,
    max(started_at) AS last_started_at
FROM eco.pipeline_run
GROUP BY status
ORDER BY status
