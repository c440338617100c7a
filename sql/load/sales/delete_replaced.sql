DELETE FROM eco.fact_sales AS sale
USING present_sale AS present
WHERE
    present.is_replaced
    AND NOT present.is_void
    AND sale.order_id = present.order_id
    AND sale.line_no = present.line_no
    AND sale.sale_timestamp = present.sale_timestamp
    AND sale.sale_timestamp >= :first_time AND sale.sale_timestamp < :end_time
