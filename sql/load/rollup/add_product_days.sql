-- The sums of the products of days grow by what a part adds: one array a column.
INSERT INTO eco.daily_product_sales AS known
SELECT *
FROM unnest(
    cast(:sale_date AS date []), cast(:product_key AS bigint []), cast(:currency AS text []),
    cast(:sale_lines AS bigint []), cast(:units AS bigint []), cast(:net_amount AS numeric []),
    cast(:carbon_savings_kg AS numeric []), cast(:lines_with_footprint AS bigint [])
)
ON CONFLICT (sale_date, product_key, currency) DO UPDATE
SET
    sale_lines = known.sale_lines + excluded.sale_lines,
    units = known.units + excluded.units,
    net_amount = known.net_amount + excluded.net_amount,
    carbon_savings_kg = coalesce(
        known.carbon_savings_kg + excluded.carbon_savings_kg, known.carbon_savings_kg, excluded.carbon_savings_kg
    ),
    lines_with_footprint = known.lines_with_footprint + excluded.lines_with_footprint
