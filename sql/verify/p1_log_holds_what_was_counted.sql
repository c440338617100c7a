-- While a file is read, its rejected rows are logged before they are counted. A row that was released and loaded since
-- counts as what became of it.
WITH logged AS (
    SELECT
        run_id,
        count(*) FILTER (WHERE kind = 'rejected') AS rejected,
        count(*) FILTER (WHERE kind = 'held') AS held
    FROM eco.quality_log
    WHERE review_state IS DISTINCT FROM 'loaded'
    GROUP BY run_id
)

SELECT
    count(*) AS checked,
    count(*) FILTER (WHERE is_wrong) AS violated,
    min('run ' || run_id) FILTER (WHERE is_wrong) AS example
FROM (
    SELECT
        run_id,
        run.rows_held <> coalesce(logged.held, 0)
        OR run.rows_rejected > coalesce(logged.rejected, 0)
        OR (run.validated_at IS NOT NULL AND run.rows_rejected < coalesce(logged.rejected, 0)) AS is_wrong
    FROM eco.pipeline_run AS run
    LEFT JOIN logged USING (run_id)
) AS judged
