-- The products that saved most, and those that cost most where there are such; all currencies together.
WITH by_version AS (
    SELECT
        product_key, sum(sale_lines) AS sale_lines, sum(units) AS units,
        sum(carbon_savings_kg) AS carbon_savings_kg, sum(lines_with_footprint) AS lines_with_footprint
    FROM eco.product_sales(cast(:first_day AS date), cast(:end_day AS date), cast(:countries AS text []))
    WHERE cardinality(cast(:currencies AS text [])) = 0 OR currency = any(cast(:currencies AS text []))
    GROUP BY product_key
)

SELECT
    product.product_id,
    (array_agg(product.product_name ORDER BY product.valid_from DESC))[1] AS product_name,
    sum(by_version.units)::bigint AS units,
    sum(by_version.carbon_savings_kg) AS carbon_savings_kg,
    sum(by_version.lines_with_footprint)::double precision / sum(by_version.sale_lines) AS coverage
FROM by_version
INNER JOIN eco.dim_product AS product ON by_version.product_key = product.product_key
GROUP BY product.product_id
HAVING sum(by_version.lines_with_footprint) > 0
ORDER BY abs(sum(by_version.carbon_savings_kg)) DESC, product.product_id
LIMIT :most
