-- The sales of a month with the ids that their keys stand for, so that an archive can be read without the warehouse.
DECLARE month_rows NO SCROLL CURSOR FOR
SELECT sale.*, product.product_id, customer.customer_id
FROM eco.fact_sales AS sale
INNER JOIN eco.dim_product AS product ON sale.product_key = product.product_key
LEFT JOIN eco.dim_customer AS customer ON sale.customer_key = customer.customer_key
WHERE
    sale.sale_timestamp >= CAST(:first_day AS date)::timestamp AT TIME ZONE 'UTC'
    AND sale.sale_timestamp < (CAST(:first_day AS date) + interval '1 month') AT TIME ZONE 'UTC'
ORDER BY sale.sale_timestamp, sale.order_id, sale.line_no
