-- Where the prices and quantities of a product lie in the weeks around a sale, in its currency: the smallest, the middle
-- nine tenths, the median and the largest. Returns do not count.
SELECT
    measure.name AS measure,
    count(*) AS sale_lines,
    min(measure.value)::double precision AS least,
    percentile_cont(0.05) WITHIN GROUP (ORDER BY measure.value::double precision) AS low,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY measure.value::double precision) AS median,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY measure.value::double precision) AS high,
    max(measure.value)::double precision AS most
FROM eco.fact_sales AS sale
CROSS JOIN LATERAL (
    VALUES ('unit price', sale.unit_price), ('quantity', sale.quantity::numeric)
) AS measure (name, value)
WHERE
    sale.product_key IN (SELECT product_key FROM eco.dim_product WHERE product_id = :product_id)
    AND sale.sale_timestamp >= :since AND sale.sale_timestamp < :until
    AND sale.currency = :currency
    AND sale.quantity > 0 AND sale.unit_price > 0
GROUP BY measure.name
ORDER BY measure.name DESC
