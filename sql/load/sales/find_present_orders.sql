-- What is there already of the part's orders on their days: lines and voids, and statements of the whole order (line 0).
-- The bounds let the planner skip the months that the part does not touch.
CREATE TEMPORARY TABLE present_sale ON COMMIT DROP AS
WITH incoming AS (
    SELECT DISTINCT order_id, date_trunc('day', sale_timestamp, 'UTC') AS day
    FROM incoming_sale
),

present AS (
    SELECT
        sale.order_id, sale.line_no, sale.sale_timestamp, sale.run_id, sale.source_row,
        false AS is_void,
        incoming.day AS group_time,
        eco.sale_content(
            sale.order_id, NULL, sale.sale_timestamp, product.product_id, customer.customer_id,
            sale.quantity, sale.unit_price, sale.discount_rate, sale.currency, sale.country
        ) AS content
    FROM incoming
    INNER JOIN eco.fact_sales AS sale
        ON
            incoming.order_id = sale.order_id
            AND sale.sale_date = (incoming.day AT TIME ZONE 'UTC')::date
    INNER JOIN eco.dim_product AS product ON sale.product_key = product.product_key
    LEFT JOIN eco.dim_customer AS customer ON sale.customer_key = customer.customer_key
    WHERE sale.sale_timestamp >= :first_time AND sale.sale_timestamp < :end_time AND sale.run_id <> :run_id
    UNION ALL
    SELECT
        gone.order_id, gone.line_no, gone.sale_timestamp, gone.run_id, gone.source_row, true, incoming.day,
        CASE WHEN gone.line_no > 0 THEN eco.void_content(gone.order_id, NULL, gone.sale_timestamp) END
    FROM incoming
    INNER JOIN eco.sale_tombstone AS gone
        ON
            incoming.order_id = gone.order_id
            AND gone.sale_timestamp >= incoming.day
            AND gone.sale_timestamp < incoming.day + interval '1 day'
    WHERE gone.run_id <> :run_id
)

SELECT
    present.*,
    0 AS group_line,
    run.uploaded_at,
    run.generation,
    false AS is_replaced
FROM present
INNER JOIN eco.pipeline_run AS run ON present.run_id = run.run_id
