-- The months (UTC) of which sales lie in the default partition; there should be none.
SELECT date_trunc('month', sale_timestamp AT TIME ZONE 'UTC')::date AS first_day, count(*) AS sale_lines
FROM eco.fact_sales_default
GROUP BY first_day
ORDER BY first_day
