-- Products as loads make them: an inferred version opens each history, the stated one is valid from 2020 on.
INSERT INTO eco.dim_product (
    product_id, valid_from, valid_to, is_current, is_inferred, product_name, category, material, unit_weight_kg,
    list_price, currency, product_kg, product_kg_method, baseline_kg, baseline_kg_method
)
SELECT
    'P' || lpad(product_no::text, 5, '0'), version.valid_from, version.valid_to, NOT version.is_inferred,
    version.is_inferred, 'Product ' || product_no, 'category ' || product_no % 12, 'material ' || product_no % 7,
    0.05 * (1 + product_no % 40), 0.99 + product_no % 90, 'EUR',
    0.2 * (1 + product_no % 9), 'declared', 0.5 * (1 + product_no % 9), 'declared'
FROM generate_series(0, 999) AS product_no
CROSS JOIN (
    VALUES ('-infinity'::timestamptz, '2020-01-01'::timestamptz, true), ('2020-01-01', 'infinity', false)
) AS version (valid_from, valid_to, is_inferred)
