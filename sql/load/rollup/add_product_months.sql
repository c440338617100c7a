-- The sums of the products of months grow by what a part adds: one array a column. Other loads may be adding to the same: in
-- the order of the key, so that no two wait for each other, and last of all that a load adds to, so that these rows are locked
-- for the shortest time.
INSERT INTO eco.monthly_product_sales AS known
SELECT *
FROM unnest(
    cast(:first_day AS date []), cast(:product_key AS bigint []), cast(:currency AS text []),
    cast(:sale_lines AS bigint []), cast(:units AS bigint []), cast(:net_amount AS numeric []),
    cast(:carbon_savings_kg AS numeric []), cast(:lines_with_footprint AS bigint [])
) AS added (first_day, product_key, currency)
ORDER BY first_day, product_key, currency
ON CONFLICT (first_day, product_key, currency) DO UPDATE
SET
    sale_lines = known.sale_lines + excluded.sale_lines,
    units = known.units + excluded.units,
    net_amount = known.net_amount + excluded.net_amount,
    carbon_savings_kg = coalesce(
        known.carbon_savings_kg + excluded.carbon_savings_kg, known.carbon_savings_kg, excluded.carbon_savings_kg
    ),
    lines_with_footprint = known.lines_with_footprint + excluded.lines_with_footprint
