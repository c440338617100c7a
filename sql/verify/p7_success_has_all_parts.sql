-- The parts themselves, not the run's count of them.
SELECT
    count(*) AS checked,
    count(*) FILTER (WHERE is_wrong) AS violated,
    min('run ' || run_id) FILTER (WHERE is_wrong) AS example
FROM (
    SELECT
        run.run_id,
        run.validated_at IS NULL
        OR run.parts_total IS DISTINCT FROM (
            SELECT count(*) FROM eco.pipeline_part AS part WHERE part.run_id = run.run_id
        ) AS is_wrong
    FROM eco.pipeline_run AS run
    WHERE run.status = 'SUCCESS'
) AS judged
