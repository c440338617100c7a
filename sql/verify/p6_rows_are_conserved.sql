-- A loaded row adds one sale, void or change, or takes the place of one with other content, which the log then has as
-- superseded; a row that is superseded itself adds a log entry; an unchanged one takes the place of its like. So what was
-- loaded and superseded is what there is: in the warehouse, in the archive, and in the log.
WITH came AS (
    SELECT
        (SELECT coalesce(sum(rows_loaded + rows_superseded), 0)::bigint FROM eco.pipeline_part)
        + (SELECT count(*) FROM eco.quality_log WHERE review_outcome IN ('loaded', 'superseded')) AS lines
),

there AS (
    SELECT count(*) AS lines FROM eco.fact_sales
    UNION ALL
    SELECT count(*) FROM eco.sale_tombstone WHERE line_no > 0
    UNION ALL
    SELECT count(*) FROM eco.dimension_change WHERE source_row > 0
    UNION ALL
    SELECT count(*) FROM eco.quality_log WHERE kind = 'superseded'
    UNION ALL
    SELECT coalesce(sum(sale_lines), 0)::bigint FROM eco.sales_archive WHERE restored_at IS NULL
)

SELECT
    came.lines AS checked,
    abs(came.lines - sum(there.lines))::bigint AS violated,
    format('%s rows came in, %s are there', came.lines, sum(there.lines)) AS example
FROM came
CROSS JOIN there
GROUP BY came.lines
