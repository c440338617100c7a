-- The products with the largest net amount in each currency. By version first, so that the dimension is joined once.
WITH by_version AS (
    SELECT
        product_key, currency, sum(sale_lines) AS sale_lines, sum(units) AS units, sum(net_amount) AS net_amount,
        sum(carbon_savings_kg) AS carbon_savings_kg, sum(lines_with_footprint) AS lines_with_footprint
    FROM eco.product_sales(cast(:first_day AS date), cast(:end_day AS date), cast(:countries AS text []))
    WHERE cardinality(cast(:currencies AS text [])) = 0 OR currency = any(cast(:currencies AS text []))
    GROUP BY product_key, currency
),

by_product AS (
    SELECT
        product.product_id,
        (array_agg(product.product_name ORDER BY product.valid_from DESC))[1] AS product_name,
        by_version.currency,
        sum(by_version.units)::bigint AS units,
        sum(by_version.net_amount) AS net_amount,
        sum(by_version.carbon_savings_kg) AS carbon_savings_kg,
        sum(by_version.lines_with_footprint)::double precision / sum(by_version.sale_lines) AS coverage,
        row_number() OVER (
            PARTITION BY by_version.currency ORDER BY sum(by_version.net_amount) DESC, product.product_id
        ) AS place
    FROM by_version
    INNER JOIN eco.dim_product AS product ON by_version.product_key = product.product_key
    GROUP BY product.product_id, by_version.currency
)

SELECT product_id, product_name, currency, units, net_amount, carbon_savings_kg, coverage
FROM by_product
WHERE place <= :most
ORDER BY currency, place
