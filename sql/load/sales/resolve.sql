-- The rows of the part that are sales, each with the product and the customer as they were at its time; its carbon figure
-- follows from that.
-- The versions that matter, of the part's keys and of its days, are taken out first: the planner believes that few sales
-- find one at their time, and would look them up sale by sale.
CREATE TEMPORARY TABLE resolved_sale ON COMMIT DROP AS
WITH product AS MATERIALIZED (
    SELECT product_id, valid_from, valid_to, product_key, baseline_kg, product_kg
    FROM eco.dim_product
    WHERE
        product_id IN (SELECT product_id FROM incoming_sale)
        AND valid_from < :end_time AND valid_to > :first_time
),

customer AS MATERIALIZED (
    SELECT customer_id, valid_from, valid_to, customer_key, loyalty_tier
    FROM eco.dim_customer
    WHERE
        customer_id IN (SELECT customer_id FROM incoming_sale)
        AND valid_from < :end_time AND valid_to > :first_time
)

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
