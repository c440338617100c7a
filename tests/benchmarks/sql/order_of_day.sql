-- Both bounds are timestamps with time zone that the caller computes. One that the database computes, such as the day
-- plus an interval, is known only at execution, and then the partitions of all later months are planned as well.
SELECT line_no, sale_timestamp, product_key, quantity, unit_price, discount_rate, net_amount
FROM eco.fact_sales
WHERE order_id = :order_id AND sale_timestamp >= :since AND sale_timestamp < :until
