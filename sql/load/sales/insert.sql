-- Each sale points at the product and the customer as they were at its time; its carbon figure follows from that.
INSERT INTO eco.fact_sales (
    order_id, line_no, sale_timestamp, sale_date, product_key, customer_key, quantity, unit_price, discount_rate,
    net_amount, currency, country, carbon_savings_kg, run_id, source_row
)
SELECT
    sale.order_id, sale.line_no, sale.sale_timestamp, (sale.sale_timestamp AT TIME ZONE 'UTC')::date,
    product.product_key, customer.customer_key, sale.quantity, sale.unit_price, sale.discount_rate,
    sale.net_amount, sale.currency, sale.country,
    eco.carbon_savings_kg(sale.quantity, product.baseline_kg, product.product_kg),
    :run_id, sale.source_row
FROM incoming_sale AS sale
INNER JOIN eco.dim_product AS product
    ON
        sale.product_id = product.product_id
        AND sale.sale_timestamp >= product.valid_from AND sale.sale_timestamp < product.valid_to
LEFT JOIN eco.dim_customer AS customer
    ON
        sale.customer_id = customer.customer_id
        AND sale.sale_timestamp >= customer.valid_from AND sale.sale_timestamp < customer.valid_to
WHERE sale.is_kept AND NOT sale.is_void
