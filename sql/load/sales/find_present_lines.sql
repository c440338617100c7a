-- The lines that are there already under the identities of the part, each with whether it is the newer one.
-- The bounds let the planner skip the months that the part does not touch.
CREATE TEMPORARY TABLE present_sale ON COMMIT DROP AS
SELECT
    sale.order_id, sale.line_no, sale.sale_timestamp, sale.run_id, sale.source_row,
    sale.line_no AS group_line,
    sale.sale_timestamp AS group_time,
    (run.uploaded_at, run.generation, run.run_id, sale.source_row)
    > (:uploaded_at, :generation, :run_id, incoming.source_row) AS is_newer,
    eco.sale_content(
        sale.order_id, sale.line_no, sale.sale_timestamp, product.product_id, customer.customer_id,
        sale.quantity, sale.unit_price, sale.discount_rate, sale.currency, sale.country
    ) AS content
FROM eco.fact_sales AS sale
INNER JOIN eco.pipeline_run AS run ON sale.run_id = run.run_id
INNER JOIN eco.dim_product AS product ON sale.product_key = product.product_key
LEFT JOIN eco.dim_customer AS customer ON sale.customer_key = customer.customer_key
INNER JOIN incoming_sale AS incoming
    ON
        sale.order_id = incoming.order_id
        AND sale.line_no = incoming.line_no
        AND sale.sale_timestamp = incoming.sale_timestamp
        AND incoming.is_kept
WHERE sale.sale_timestamp >= :first_time AND sale.sale_timestamp < :end_time
