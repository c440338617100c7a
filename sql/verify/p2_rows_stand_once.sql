-- A row of a file stands in one place, once: as a sale, a void, a change of a dimension, or an entry of the quality log.
-- A flagged row stands elsewhere; the log only says that it is anomalous.
-- Row 0 and negative ones are what follows from a file as a whole.
WITH place AS (
    SELECT run_id, source_row FROM eco.fact_sales
    UNION ALL
    SELECT run_id, source_row FROM eco.sale_tombstone WHERE line_no > 0
    UNION ALL
    SELECT run_id, source_row FROM eco.dimension_change WHERE source_row > 0
    UNION ALL
    SELECT run_id, source_row FROM eco.quality_log WHERE kind <> 'flagged' AND review_state IS DISTINCT FROM 'loaded'
)

SELECT
    coalesce(sum(places), 0)::bigint AS checked,
    count(*) FILTER (WHERE places > 1) AS violated,
    min('run ' || run_id || ', row ' || source_row) FILTER (WHERE places > 1) AS example
FROM (
    SELECT run_id, source_row, count(*) AS places
    FROM place
    GROUP BY run_id, source_row
) AS counted
