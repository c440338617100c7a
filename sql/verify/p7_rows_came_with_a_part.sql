-- What stands of a run cannot be more than its parts brought, and people released; without either nothing does.
WITH stands AS (
    SELECT run_id FROM eco.fact_sales
    UNION ALL
    SELECT run_id FROM eco.sale_tombstone WHERE line_no > 0
    UNION ALL
    SELECT run_id FROM eco.dimension_change WHERE source_row > 0
    UNION ALL
    SELECT run_id FROM eco.quality_log WHERE kind = 'superseded'
),

brought AS (
    SELECT run_id, sum(lines) AS lines
    FROM (
        SELECT run_id, rows_loaded + rows_unchanged + rows_superseded AS lines
        FROM eco.pipeline_part
        UNION ALL
        SELECT run_id, 1
        FROM eco.quality_log
        WHERE review_state = 'loaded'
    ) AS came
    GROUP BY run_id
)

SELECT
    coalesce(sum(standing.lines), 0)::bigint AS checked,
    coalesce(sum(greatest(standing.lines - coalesce(brought.lines, 0), 0)), 0)::bigint AS violated,
    min('run ' || run_id) FILTER (WHERE standing.lines > coalesce(brought.lines, 0)) AS example
FROM (
    SELECT run_id, count(*) AS lines
    FROM stands
    GROUP BY run_id
) AS standing
LEFT JOIN brought USING (run_id)
