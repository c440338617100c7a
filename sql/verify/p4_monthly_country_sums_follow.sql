-- The sums by month and country are those of the facts, in both directions, of every month that has some.
WITH months AS (
    SELECT DISTINCT first_day FROM eco.monthly_country_sales
),

facts AS (
    SELECT
        months.first_day, sale.country, sale.product_key, sale.currency, count(*) AS sale_lines,
        sum(sale.quantity) AS units, sum(sale.net_amount) AS net_amount, sum(sale.carbon_savings_kg) AS carbon_savings_kg,
        count(sale.carbon_savings_kg) AS lines_with_footprint
    FROM eco.fact_sales AS sale
    INNER JOIN months ON date_trunc('month', sale.sale_date::timestamp)::date = months.first_day
    GROUP BY months.first_day, sale.country, sale.product_key, sale.currency
),

differing AS (
    (TABLE facts EXCEPT ALL TABLE eco.monthly_country_sales)
    UNION ALL
    (TABLE eco.monthly_country_sales EXCEPT ALL TABLE facts)
)

SELECT
    (SELECT count(*) FROM facts) AS checked,
    (SELECT count(*) FROM differing) AS violated,
    (SELECT 'month ' || to_char(min(first_day), 'YYYY-MM') FROM differing) AS example
