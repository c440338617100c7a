-- Executed, to be measured: a month's revenue, from the facts themselves.
EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF, BUFFERS OFF)
SELECT currency, sum(net_amount) AS net_amount
FROM eco.fact_sales
WHERE sale_timestamp >= :since AND sale_timestamp < :until
GROUP BY currency
