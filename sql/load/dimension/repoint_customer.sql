-- Sales from the first change on point at the version that is now valid at their time.
UPDATE eco.fact_sales AS sale
SET
    customer_key = target.customer_key
FROM eco.dim_customer AS pointed_at
INNER JOIN eco.dim_customer AS target ON pointed_at.customer_id = target.customer_id
WHERE
    sale.customer_key = pointed_at.customer_key
    AND pointed_at.customer_id IN (SELECT natural_key FROM timeline)
    AND sale.sale_timestamp >= target.valid_from AND sale.sale_timestamp < target.valid_to
    AND sale.sale_timestamp >= :changed_from
    AND (
        sale.customer_key <> target.customer_key
    )
