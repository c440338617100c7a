SELECT line_no, sale_timestamp, product_key, quantity, unit_price, discount_rate, net_amount
FROM eco.fact_sales
WHERE order_id = :order_id
