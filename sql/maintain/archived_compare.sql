-- Row by row and over all columns, each row as often as it is there: equal counts and sums could hide two faults.
WITH month_sale AS (
    SELECT
        sale.order_id, sale.line_no, sale.sale_timestamp, sale.sale_date, sale.product_key, sale.customer_key,
        sale.quantity, sale.unit_price, sale.discount_rate, sale.net_amount, sale.currency, sale.country,
        sale.carbon_savings_kg, sale.run_id::text, sale.source_row, product.product_id, customer.customer_id
    FROM eco.fact_sales AS sale
    LEFT JOIN eco.dim_product AS product ON sale.product_key = product.product_key
    LEFT JOIN eco.dim_customer AS customer ON sale.customer_key = customer.customer_key
    WHERE
        sale.sale_timestamp >= CAST(:first_day AS date)::timestamp AT TIME ZONE 'UTC'
        AND sale.sale_timestamp < (CAST(:first_day AS date) + interval '1 month') AT TIME ZONE 'UTC'
)

SELECT
    (SELECT count(*) FROM (TABLE month_sale EXCEPT ALL TABLE archived_sale) AS missing) AS only_in_warehouse,
    (SELECT count(*) FROM (TABLE archived_sale EXCEPT ALL TABLE month_sale) AS foreign_lines) AS only_in_archive
