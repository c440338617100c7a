-- What those sales add to the products of their days: one array a column.
SELECT
    array_agg(sale_date)::text AS sale_date, array_agg(product_key)::text AS product_key,
    array_agg(currency)::text AS currency, array_agg(sale_lines)::text AS sale_lines,
    array_agg(units)::text AS units, array_agg(net_amount)::text AS net_amount,
    array_agg(carbon_savings_kg)::text AS carbon_savings_kg, array_agg(lines_with_footprint)::text AS lines_with_footprint
FROM (
    SELECT
        sale_date, product_key, currency, count(*) AS sale_lines, sum(quantity) AS units, sum(net_amount) AS net_amount,
        sum(carbon_savings_kg) AS carbon_savings_kg, count(carbon_savings_kg) AS lines_with_footprint
    FROM resolved_sale
    GROUP BY sale_date, product_key, currency
) AS sums
