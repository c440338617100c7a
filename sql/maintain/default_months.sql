-- The months (UTC) of which sales lie in the default partition; there should be none. An archived month has no
-- partition that they could move to.
SELECT
    first_day,
    count(*) AS sale_lines,
    EXISTS (
        SELECT FROM eco.sales_archive AS archive
        WHERE archive.first_day = stray.first_day AND archive.restored_at IS NULL
    ) AS is_archived
FROM (
    SELECT date_trunc('month', sale_timestamp AT TIME ZONE 'UTC')::date AS first_day
    FROM eco.fact_sales_default
) AS stray
GROUP BY first_day
ORDER BY first_day
