-- The sums of days and of months grow by what a part adds; those of the month, which other loads may be adding to, in the
-- order of their key, so that no two wait for each other. PostgreSQL executes the INSERTs of a WITH from the last to the
-- first, so that these are locked for the shortest time.
WITH monthly AS (
    INSERT INTO eco.monthly_product_sales AS known
    SELECT
        date_trunc('month', sale_date::timestamp)::date AS first_day, product_key, currency, sum(sale_lines), sum(units),
        sum(net_amount), sum(carbon_savings_kg), sum(lines_with_footprint)
    FROM added_product_day
    GROUP BY first_day, product_key, currency
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
),

daily AS (
    INSERT INTO eco.daily_product_sales AS known
    SELECT * FROM added_product_day
    ON CONFLICT (sale_date, product_key, currency) DO UPDATE
    SET
        sale_lines = known.sale_lines + excluded.sale_lines,
        units = known.units + excluded.units,
        net_amount = known.net_amount + excluded.net_amount,
        carbon_savings_kg = coalesce(
            known.carbon_savings_kg + excluded.carbon_savings_kg, known.carbon_savings_kg, excluded.carbon_savings_kg
        ),
        lines_with_footprint = known.lines_with_footprint + excluded.lines_with_footprint
)

INSERT INTO eco.daily_sales AS known
SELECT * FROM added_day
ON CONFLICT (sale_date, currency, country, loyalty_tier) DO UPDATE
SET
    sale_lines = known.sale_lines + excluded.sale_lines,
    units = known.units + excluded.units,
    net_amount = known.net_amount + excluded.net_amount,
    carbon_savings_kg = coalesce(
        known.carbon_savings_kg + excluded.carbon_savings_kg, known.carbon_savings_kg, excluded.carbon_savings_kg
    ),
    lines_with_footprint = known.lines_with_footprint + excluded.lines_with_footprint
