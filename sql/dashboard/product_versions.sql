-- The Type 2 history of a product, oldest first. Versions that a correction took away have an empty range.
SELECT
    valid_from, valid_to, is_inferred, is_deleted, product_name, category, material, list_price, currency,
    product_kg, baseline_kg
FROM eco.dim_product
WHERE product_id = :product_id AND valid_from < valid_to
ORDER BY valid_from
