-- What was sold of a product by UTC day, week or month, in each currency.
SELECT
    cast(date_trunc(cast(:bucket AS text), sums.sale_date::timestamp) AS date) AS sale_date,
    sums.currency,
    sum(sums.units)::bigint AS units,
    sum(sums.net_amount) AS net_amount
FROM eco.daily_product_sales AS sums
WHERE
    sums.product_key IN (SELECT product_key FROM eco.dim_product WHERE product_id = :product_id)
    AND sums.sale_date >= :first_day AND sums.sale_date < :end_day
GROUP BY 1, 2
ORDER BY 1, 2
