-- The sales that are left enter the facts. The sums of their days and of their months grow by them; those of the month,
-- which other loads may be adding to, in the order of their key, so that no two wait for each other. PostgreSQL executes
-- the INSERTs from the last to the first, so that these are locked for the shortest time.
WITH product_days AS MATERIALIZED (
    SELECT
        sale_date, product_key, currency, count(*) AS sale_lines, sum(quantity) AS units, sum(net_amount) AS net_amount,
        sum(carbon_savings_kg) AS carbon_savings_kg, count(carbon_savings_kg) AS lines_with_footprint
    FROM resolved_sale
    GROUP BY sale_date, product_key, currency
),

monthly AS (
    INSERT INTO eco.monthly_product_sales AS known
    SELECT
        date_trunc('month', sale_date::timestamp)::date AS first_day, product_key, currency, sum(sale_lines), sum(units),
        sum(net_amount), sum(carbon_savings_kg), sum(lines_with_footprint)
    FROM product_days
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
    SELECT * FROM product_days
    ON CONFLICT (sale_date, product_key, currency) DO UPDATE
    SET
        sale_lines = known.sale_lines + excluded.sale_lines,
        units = known.units + excluded.units,
        net_amount = known.net_amount + excluded.net_amount,
        carbon_savings_kg = coalesce(
            known.carbon_savings_kg + excluded.carbon_savings_kg, known.carbon_savings_kg, excluded.carbon_savings_kg
        ),
        lines_with_footprint = known.lines_with_footprint + excluded.lines_with_footprint
),

days AS (
    INSERT INTO eco.daily_sales AS known
    SELECT
        sale_date, currency, country, loyalty_tier, count(*), sum(quantity), sum(net_amount), sum(carbon_savings_kg),
        count(carbon_savings_kg)
    FROM resolved_sale
    GROUP BY sale_date, currency, country, loyalty_tier
    ON CONFLICT (sale_date, currency, country, loyalty_tier) DO UPDATE
    SET
        sale_lines = known.sale_lines + excluded.sale_lines,
        units = known.units + excluded.units,
        net_amount = known.net_amount + excluded.net_amount,
        carbon_savings_kg = coalesce(
            known.carbon_savings_kg + excluded.carbon_savings_kg, known.carbon_savings_kg, excluded.carbon_savings_kg
        ),
        lines_with_footprint = known.lines_with_footprint + excluded.lines_with_footprint
),

facts AS (
    INSERT INTO eco.fact_sales (
        order_id, line_no, sale_timestamp, sale_date, product_key, customer_key, quantity, unit_price, discount_rate,
        net_amount, currency, country, carbon_savings_kg, run_id, source_row
    )
    SELECT
        order_id, line_no, sale_timestamp, sale_date, product_key, customer_key, quantity, unit_price, discount_rate,
        net_amount, currency, country, carbon_savings_kg, :run_id, source_row
    FROM resolved_sale
)

SELECT count(*)
FROM resolved_sale
