-- The database refuses a SUCCESS that does not add up; this does not rely on its constraint.
SELECT
    count(*) AS checked,
    count(*) FILTER (WHERE is_wrong) AS violated,
    min('run ' || run_id) FILTER (WHERE is_wrong) AS example
FROM (
    SELECT
        run_id,
        rows_read IS DISTINCT FROM rows_loaded + rows_unchanged + rows_superseded + rows_rejected + rows_held AS is_wrong
    FROM eco.pipeline_run
    WHERE status = 'SUCCESS'
) AS judged
