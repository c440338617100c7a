-- The sums of days grow by what a part adds.
WITH daily AS (
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
