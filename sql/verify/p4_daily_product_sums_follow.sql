-- The sums by day are those of the facts, in both directions.
WITH facts AS (
    SELECT
        sale.sale_date, sale.product_key, sale.currency, count(*) AS sale_lines, sum(sale.quantity) AS units,
        sum(sale.net_amount) AS net_amount, sum(sale.carbon_savings_kg) AS carbon_savings_kg,
        count(sale.carbon_savings_kg) AS lines_with_footprint
    FROM eco.fact_sales AS sale
    GROUP BY sale.sale_date, sale.product_key, sale.currency
),

differing AS (
    (TABLE facts EXCEPT ALL TABLE eco.daily_product_sales)
    UNION ALL
    (TABLE eco.daily_product_sales EXCEPT ALL TABLE facts)
)

SELECT
    (SELECT count(*) FROM facts) AS checked,
    (SELECT count(*) FROM differing) AS violated,
    (SELECT 'day ' || min(sale_date) FROM differing) AS example
