-- What those sales add to the products of their months.
CREATE TEMPORARY TABLE added_product_month ON COMMIT DROP AS
SELECT
    date_trunc('month', sale_date::timestamp)::date AS first_day, product_key, currency, sum(sale_lines) AS sale_lines,
    sum(units) AS units, sum(net_amount) AS net_amount, sum(carbon_savings_kg) AS carbon_savings_kg,
    sum(lines_with_footprint) AS lines_with_footprint
FROM added_product_day
GROUP BY first_day, product_key, currency
