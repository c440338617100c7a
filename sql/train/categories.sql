SELECT product_id, category
FROM eco.dim_product
WHERE is_current AND category IS NOT NULL
ORDER BY product_id COLLATE "C"
