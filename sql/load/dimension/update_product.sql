-- Versions that begin when one began before keep their key.
UPDATE eco.dim_product AS version
SET
    valid_to = timeline.valid_to,
    is_current = timeline.valid_to = 'infinity',
    is_deleted = timeline.is_deleted,
    product_name = stated.product_name,
    category = stated.category,
    material = stated.material,
    material_origin = stated.material_origin,
    unit_weight_kg = stated.unit_weight_kg,
    list_price = stated.list_price,
    currency = stated.currency,
    product_kg = stated.product_kg,
    product_kg_method = stated.product_kg_method,
    baseline_kg = stated.baseline_kg,
    baseline_kg_method = stated.baseline_kg_method,
    factor_set = stated.factor_set
FROM timeline
CROSS JOIN LATERAL jsonb_to_record(timeline.attributes) AS stated (
    product_name text,
    category text,
    material text,
    material_origin text,
    unit_weight_kg numeric,
    list_price numeric,
    currency text,
    product_kg numeric,
    product_kg_method text,
    baseline_kg numeric,
    baseline_kg_method text,
    factor_set text
)
WHERE version.product_id = timeline.natural_key AND version.valid_from = timeline.valid_from
