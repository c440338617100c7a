SELECT
    count(*) AS checked,
    count(*) FILTER (WHERE is_wrong) AS violated,
    min('run ' || run_id) FILTER (WHERE is_wrong) AS example
FROM (
    SELECT run_id, coalesce(btrim(reason) = '', true) OR failed_stage IS NULL AS is_wrong
    FROM eco.pipeline_run
    WHERE status = 'FAILED'
) AS judged
