-- The lines that other deliveries of the part's orders left there, each with whether a newer delivery is among them.
-- The bounds let the planner skip the months that the part does not touch.
CREATE TEMPORARY TABLE present_sale ON COMMIT DROP AS
SELECT
    sale.order_id, sale.line_no, sale.sale_timestamp, sale.run_id, sale.source_row,
    0 AS group_line,
    sale.sale_date::timestamp AT TIME ZONE 'UTC' AS group_time,
    bool_or(
        (run.uploaded_at, run.generation, run.run_id) > (:uploaded_at, :generation, :run_id)
    ) OVER (PARTITION BY sale.order_id, sale.sale_date) AS is_newer,
    eco.sale_content(
        sale.order_id, NULL, sale.sale_timestamp, product.product_id, customer.customer_id,
        sale.quantity, sale.unit_price, sale.discount_rate, sale.currency, sale.country
    ) AS content
FROM eco.fact_sales AS sale
INNER JOIN eco.pipeline_run AS run ON sale.run_id = run.run_id
INNER JOIN eco.dim_product AS product ON sale.product_key = product.product_key
LEFT JOIN eco.dim_customer AS customer ON sale.customer_key = customer.customer_key
INNER JOIN (SELECT DISTINCT order_id, (group_time AT TIME ZONE 'UTC')::date AS sale_date FROM incoming_sale) AS incoming
    ON sale.order_id = incoming.order_id AND sale.sale_date = incoming.sale_date
WHERE
    sale.sale_timestamp >= :first_time AND sale.sale_timestamp < :end_time
    AND sale.run_id <> :run_id
