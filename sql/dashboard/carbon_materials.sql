-- Carbon by material and by how the figures came about; a version without a figure has no method.
WITH by_version AS (
    SELECT
        product_key, sum(sale_lines) AS sale_lines, sum(units) AS units,
        sum(carbon_savings_kg) AS carbon_savings_kg, sum(lines_with_footprint) AS lines_with_footprint
    FROM eco.product_sales(cast(:first_day AS date), cast(:end_day AS date), cast(:countries AS text []))
    WHERE cardinality(cast(:currencies AS text [])) = 0 OR currency = any(cast(:currencies AS text []))
    GROUP BY product_key
)

SELECT
    product.material, product.product_kg_method, product.baseline_kg_method, product.factor_set,
    sum(by_version.sale_lines)::bigint AS sale_lines,
    sum(by_version.units)::bigint AS units,
    sum(by_version.carbon_savings_kg) AS carbon_savings_kg,
    sum(by_version.lines_with_footprint)::bigint AS lines_with_footprint
FROM by_version
INNER JOIN eco.dim_product AS product ON by_version.product_key = product.product_key
GROUP BY product.material, product.product_kg_method, product.baseline_kg_method, product.factor_set
ORDER BY sum(by_version.carbon_savings_kg) DESC NULLS LAST, sum(by_version.sale_lines) DESC
LIMIT :most
