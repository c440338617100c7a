INSERT INTO eco.dim_product (
    product_id, valid_from, valid_to, is_current, is_inferred, is_deleted,
    product_name, category, material, material_origin, unit_weight_kg, list_price, currency, product_kg, product_kg_method, baseline_kg, baseline_kg_method, factor_set
)
SELECT
    timeline.natural_key, timeline.valid_from, timeline.valid_to,
    timeline.valid_to = 'infinity', timeline.valid_from = '-infinity', timeline.is_deleted,
    stated.product_name,
    stated.category,
    stated.material,
    stated.material_origin,
    stated.unit_weight_kg,
    stated.list_price,
    stated.currency,
    stated.product_kg,
    stated.product_kg_method,
    stated.baseline_kg,
    stated.baseline_kg_method,
    stated.factor_set
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
WHERE NOT EXISTS (
    SELECT FROM eco.dim_product AS version
    WHERE version.product_id = timeline.natural_key AND version.valid_from = timeline.valid_from
)
