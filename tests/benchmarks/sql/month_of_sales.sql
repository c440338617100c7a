-- One month of sales: :orders orders of one to seven lines, four on average, evenly over the month, numbered on from
-- :first_order. The large factors are primes: products and customers are drawn all over their dimensions.
WITH sold_order AS (
    SELECT
        order_no,
        'W' || lpad(order_no::text, 9, '0') AS order_id,
        month.start + month.length / cast(:orders AS integer) * (order_no - :first_order)::double precision AS sale_timestamp,
        -- One order in ten has no customer.
        CASE WHEN order_no % 10 > 0 THEN 'C' || lpad((order_no * 7919 % 20000)::text, 6, '0') END AS customer_id
    FROM
        generate_series(cast(:first_order AS bigint), cast(:first_order AS bigint) + :orders - 1) AS order_no,
        (SELECT cast(:since AS timestamptz) AS start, cast(:until AS timestamptz) - :since AS length) AS month
),

line AS (
    SELECT
        sold_order.*,
        line_no,
        'P' || lpad(((order_no * 104729 + line_no * 15485863) % 1000)::text, 5, '0') AS product_id,
        1 + (order_no + line_no) % 5 AS quantity,
        0.05 * ((order_no + line_no) % 3) AS discount_rate
    FROM sold_order
    CROSS JOIN generate_series(1, 1 + order_no % 7) AS line_no
)

INSERT INTO eco.fact_sales (
    order_id, line_no, sale_timestamp, sale_date, product_key, customer_key, quantity, unit_price, discount_rate,
    net_amount, currency, country, carbon_savings_kg, run_id, source_row
)
SELECT
    line.order_id, line.line_no, line.sale_timestamp, (line.sale_timestamp AT TIME ZONE 'UTC')::date,
    product.product_key, customer.customer_key, line.quantity, product.list_price, line.discount_rate,
    round(line.quantity * product.list_price * (1 - line.discount_rate), 6), product.currency, customer.country,
    eco.carbon_savings_kg(line.quantity::integer, product.baseline_kg, product.product_kg),
    md5(line.sale_timestamp::date::text)::uuid, row_number() OVER (ORDER BY line.order_no, line.line_no)
FROM line
INNER JOIN eco.dim_product AS product ON line.product_id = product.product_id AND product.is_current
LEFT JOIN eco.dim_customer AS customer ON line.customer_id = customer.customer_id AND customer.is_current
ORDER BY line.order_no, line.line_no
