-- Files that failed in the last week and did not succeed since; `hanging` are those that maintain gave up. What went
-- wrong is told without what the reason quotes of the file: a message goes further than the warehouse.
INSERT INTO incoming_problem (subject, object_name, what, seen, seen_at)
SELECT DISTINCT ON (failed.bucket, failed.object_name)
    format('%s/%s', failed.bucket, failed.object_name),
    failed.object_name,
    eco.common_reason(failed.reason),
    count(*) OVER (PARTITION BY failed.bucket, failed.object_name),
    max(failed.finished_at) OVER (PARTITION BY failed.bucket, failed.object_name)
FROM eco.pipeline_run AS failed
WHERE
    failed.status = 'FAILED'
    AND (failed.failed_stage = 'maintain') = :hanging
    AND failed.finished_at > CAST(:now AS timestamptz) - interval '7 days'
    AND NOT EXISTS (
        SELECT FROM eco.pipeline_run AS repaired
        WHERE
            repaired.bucket = failed.bucket
            AND repaired.object_name = failed.object_name
            AND repaired.generation > failed.generation
            AND repaired.status = 'SUCCESS'
    )
ORDER BY failed.bucket, failed.object_name, failed.generation DESC
