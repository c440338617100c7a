-- By the natural ids, and as if the sales were loaded today: what became known of their products and customers since
-- they were archived counts.
INSERT INTO eco.fact_sales (
    order_id, line_no, sale_timestamp, sale_date, product_key, customer_key, quantity, unit_price, discount_rate,
    net_amount, currency, country, carbon_savings_kg, run_id, source_row
)
SELECT
    sale.order_id, sale.line_no, sale.sale_timestamp, sale.sale_date,
    product.product_key, customer.customer_key, sale.quantity, sale.unit_price, sale.discount_rate,
    sale.net_amount, sale.currency, sale.country,
    eco.carbon_savings_kg(sale.quantity, product.baseline_kg, product.product_kg),
    sale.run_id::uuid, sale.source_row
FROM archived_sale AS sale
INNER JOIN eco.dim_product AS product
    ON
        sale.product_id = product.product_id
        AND sale.sale_timestamp >= product.valid_from AND sale.sale_timestamp < product.valid_to
LEFT JOIN eco.dim_customer AS customer
    ON
        sale.customer_id = customer.customer_id
        AND sale.sale_timestamp >= customer.valid_from AND sale.sale_timestamp < customer.valid_to
WHERE sale.customer_id IS NULL OR customer.customer_key IS NOT NULL
