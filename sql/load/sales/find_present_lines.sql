-- What is there already under the identities of the part: lines, voids (of which nothing is left but the identity), and
-- newer statements of whole orders (line 0).
-- The bounds let the planner skip the months that the part does not touch.
CREATE TEMPORARY TABLE present_sale ON COMMIT DROP AS
WITH present AS (
    SELECT
        sale.order_id, sale.line_no, sale.sale_timestamp, sale.run_id, sale.source_row,
        false AS is_void,
        eco.sale_content(
            sale.order_id, sale.line_no, sale.sale_timestamp, product.product_id, customer.customer_id,
            sale.quantity, sale.unit_price, sale.discount_rate, sale.currency, sale.country
        ) AS content
    FROM incoming_sale AS incoming
    INNER JOIN eco.fact_sales AS sale USING (order_id, line_no, sale_timestamp)
    INNER JOIN eco.dim_product AS product ON sale.product_key = product.product_key
    LEFT JOIN eco.dim_customer AS customer ON sale.customer_key = customer.customer_key
    WHERE incoming.is_last AND sale.sale_timestamp >= :first_time AND sale.sale_timestamp < :end_time
    UNION ALL
    SELECT
        void.order_id, void.line_no, void.sale_timestamp, void.run_id, void.source_row, true,
        eco.void_content(void.order_id, void.line_no, void.sale_timestamp)
    FROM incoming_sale AS incoming
    INNER JOIN eco.sale_tombstone AS void USING (order_id, line_no, sale_timestamp)
    WHERE incoming.is_last
    UNION ALL
    SELECT whole.order_id, whole.line_no, whole.sale_timestamp, whole.run_id, whole.source_row, true, NULL
    FROM (SELECT DISTINCT order_id, date_trunc('day', sale_timestamp, 'UTC') AS day FROM incoming_sale) AS stated
    INNER JOIN eco.sale_tombstone AS whole
        ON stated.order_id = whole.order_id AND whole.line_no = 0 AND stated.day = whole.sale_timestamp
)

SELECT
    present.*,
    present.line_no AS group_line,
    present.sale_timestamp AS group_time,
    run.uploaded_at,
    run.generation,
    false AS is_replaced
FROM present
INNER JOIN eco.pipeline_run AS run ON present.run_id = run.run_id
