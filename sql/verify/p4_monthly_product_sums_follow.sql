-- The sums by month are those of the days, in both directions; the days are held against the facts by a check of their own.
WITH days AS (
    SELECT
        date_trunc('month', sums.sale_date::timestamp)::date AS first_day, sums.product_key, sums.currency,
        sum(sums.sale_lines) AS sale_lines, sum(sums.units) AS units, sum(sums.net_amount) AS net_amount,
        sum(sums.carbon_savings_kg) AS carbon_savings_kg, sum(sums.lines_with_footprint) AS lines_with_footprint
    FROM eco.daily_product_sales AS sums
    GROUP BY 1, sums.product_key, sums.currency
),

differing AS (
    (TABLE days EXCEPT ALL TABLE eco.monthly_product_sales)
    UNION ALL
    (TABLE eco.monthly_product_sales EXCEPT ALL TABLE days)
)

SELECT
    (SELECT count(*) FROM days) AS checked,
    (SELECT count(*) FROM differing) AS violated,
    (SELECT 'month ' || to_char(min(first_day), 'YYYY-MM') FROM differing) AS example
