-- Planned once a connection: planning looks at every partition, though it is the same for each order.
PREPARE order_of_any_day (text) AS
SELECT line_no, sale_timestamp, product_key, quantity, unit_price, discount_rate, net_amount
FROM eco.fact_sales
WHERE order_id = $1
