-- Each partition is the whole month (UTC) that its name says, and not one that is archived. A month without a partition is
-- no fault: whoever loads or maintains makes it.
SELECT
    count(*) AS checked,
    count(*) FILTER (WHERE is_wrong) AS violated,
    min(partition_name) FILTER (WHERE is_wrong) AS example
FROM (
    SELECT
        child.relname::text AS partition_name,
        pg_get_expr(child.relpartbound, child.oid) IS DISTINCT FROM CASE
            WHEN child.relname = 'fact_sales_default' THEN 'DEFAULT'
            ELSE format(
                'FOR VALUES FROM (%L) TO (%L)',
                first_day AT TIME ZONE 'UTC', (first_day + interval '1 month') AT TIME ZONE 'UTC'
            )
        END
        OR EXISTS (
            SELECT FROM eco.sales_archive AS away
            WHERE away.first_day = month.first_day::date AND away.restored_at IS NULL
        ) AS is_wrong
    FROM pg_inherits
    INNER JOIN pg_class AS child ON pg_inherits.inhrelid = child.oid
    CROSS JOIN LATERAL (
        SELECT to_date(substring(child.relname FROM '^fact_sales_(\d{4}_\d{2})$'), 'YYYY_MM')::timestamp AS first_day
    ) AS month
    WHERE pg_inherits.inhparent = 'eco.fact_sales'::regclass
) AS judged
