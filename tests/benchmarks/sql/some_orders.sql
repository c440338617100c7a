-- Orders from all over the warehouse, always the same ones, in no order, with the UTC day of each.
WITH some_order AS (
    SELECT DISTINCT order_id, date_trunc('day', sale_timestamp, 'UTC') AS since
    FROM eco.fact_sales TABLESAMPLE BERNOULLI (cast(:percentage AS real)) REPEATABLE (1)
)

SELECT order_id, since, since + interval '1 day' AS until
FROM some_order
ORDER BY md5(order_id)
LIMIT :orders
