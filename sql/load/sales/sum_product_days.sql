-- What those sales add to the products of their days.
CREATE TEMPORARY TABLE added_product_day ON COMMIT DROP AS
SELECT
    sale_date, product_key, currency, count(*) AS sale_lines, sum(quantity) AS units, sum(net_amount) AS net_amount,
    sum(carbon_savings_kg) AS carbon_savings_kg, count(carbon_savings_kg) AS lines_with_footprint
FROM resolved_sale
GROUP BY sale_date, product_key, currency
