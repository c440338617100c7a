-- The sums by day are those of the facts, in both directions.
WITH facts AS (
    SELECT
        sale.sale_date, sale.currency, sale.country, customer.loyalty_tier, count(*) AS sale_lines, sum(sale.quantity) AS units,
        sum(sale.net_amount) AS net_amount, sum(sale.carbon_savings_kg) AS carbon_savings_kg,
        count(sale.carbon_savings_kg) AS lines_with_footprint
    FROM eco.fact_sales AS sale
    LEFT JOIN eco.dim_customer AS customer ON sale.customer_key = customer.customer_key
    GROUP BY sale.sale_date, sale.currency, sale.country, customer.loyalty_tier
),

differing AS (
    (TABLE facts EXCEPT ALL TABLE eco.daily_sales)
    UNION ALL
    (TABLE eco.daily_sales EXCEPT ALL TABLE facts)
)

SELECT
    (SELECT count(*) FROM facts) AS checked,
    (SELECT count(*) FROM differing) AS violated,
    (SELECT 'day ' || min(sale_date) FROM differing) AS example
