-- Sales from the first change on point at the version that is now valid at their time, and their carbon figures follow;
-- the days of those that changed.
WITH repointed AS (
    UPDATE eco.fact_sales AS sale
    SET
        product_key = target.product_key,
        carbon_savings_kg = eco.carbon_savings_kg(sale.quantity, target.baseline_kg, target.product_kg)
    FROM eco.dim_product AS pointed_at
    INNER JOIN eco.dim_product AS target ON pointed_at.product_id = target.product_id
    WHERE
        sale.product_key = pointed_at.product_key
        AND pointed_at.product_id IN (SELECT natural_key FROM timeline)
        AND sale.sale_timestamp >= target.valid_from AND sale.sale_timestamp < target.valid_to
        AND sale.sale_timestamp >= :changed_from
        AND (
            sale.product_key <> target.product_key
            OR sale.carbon_savings_kg IS DISTINCT FROM
            eco.carbon_savings_kg(sale.quantity, target.baseline_kg, target.product_kg)
        )
    RETURNING sale.sale_date
)

SELECT DISTINCT sale_date FROM repointed
