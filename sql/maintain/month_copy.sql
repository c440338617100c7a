-- The sales of a month with the ids that their keys stand for, so that an archive can be read without the warehouse.
COPY (
    SELECT
        sale.order_id, sale.line_no, sale.sale_timestamp, sale.sale_date, sale.product_key, sale.customer_key,
        sale.quantity, sale.unit_price, sale.discount_rate, sale.net_amount, sale.currency, sale.country,
        sale.carbon_savings_kg, sale.run_id, sale.source_row, product.product_id, customer.customer_id
    FROM eco.fact_sales AS sale
    INNER JOIN eco.dim_product AS product ON sale.product_key = product.product_key
    LEFT JOIN eco.dim_customer AS customer ON sale.customer_key = customer.customer_key
    WHERE
        sale.sale_timestamp >= current_setting('eco.first_day')::date::timestamp AT TIME ZONE 'UTC'
        AND sale.sale_timestamp < (current_setting('eco.first_day')::date + interval '1 month') AT TIME ZONE 'UTC'
    ORDER BY sale.sale_timestamp, sale.order_id, sale.line_no
) TO STDOUT WITH (FORMAT csv, HEADER)
