-- Each sale points at the product and the customer as they were at its time; its carbon figure follows from that. The
-- sums of its day and of its month grow by it; those of the month, which other loads may be adding to, in the order of
-- their key, so that no two wait for each other. PostgreSQL executes the INSERTs from the last to the first, so that these
-- are locked for the shortest time.
-- The versions that matter are taken out first: the planner believes that few sales find one at their time, and would
-- look them up sale by sale.
WITH product AS MATERIALIZED (
    SELECT product_id, valid_from, valid_to, product_key, baseline_kg, product_kg
    FROM eco.dim_product
    WHERE product_id IN (SELECT product_id FROM incoming_sale)
),

customer AS MATERIALIZED (
    SELECT customer_id, valid_from, valid_to, customer_key, loyalty_tier
    FROM eco.dim_customer
    WHERE customer_id IN (SELECT customer_id FROM incoming_sale)
),

resolved AS MATERIALIZED (
    SELECT
        sale.order_id, sale.line_no, sale.sale_timestamp, (sale.sale_timestamp AT TIME ZONE 'UTC')::date AS sale_date,
        product.product_key, customer.customer_key, customer.loyalty_tier, sale.quantity, sale.unit_price,
        sale.discount_rate, sale.net_amount, sale.currency, sale.country, sale.source_row,
        eco.carbon_savings_kg(sale.quantity, product.baseline_kg, product.product_kg) AS carbon_savings_kg
    FROM incoming_sale AS sale
    INNER JOIN product
        ON
            sale.product_id = product.product_id
            AND sale.sale_timestamp >= product.valid_from AND sale.sale_timestamp < product.valid_to
    LEFT JOIN customer
        ON
            sale.customer_id = customer.customer_id
            AND sale.sale_timestamp >= customer.valid_from AND sale.sale_timestamp < customer.valid_to
    WHERE sale.is_kept AND NOT sale.is_void
),

product_days AS MATERIALIZED (
    SELECT
        sale_date, product_key, currency, count(*) AS sale_lines, sum(quantity) AS units, sum(net_amount) AS net_amount,
        sum(carbon_savings_kg) AS carbon_savings_kg, count(carbon_savings_kg) AS lines_with_footprint
    FROM resolved
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
    FROM resolved
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
    FROM resolved
)

SELECT count(*)
FROM resolved
