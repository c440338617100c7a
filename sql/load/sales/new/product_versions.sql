-- The versions of these products on these days, as columns: which of the ids, counted from 0; from when to when, in
-- microseconds since 1970, where that is on these days, which it is of few; and what the version says.
SELECT
    json_agg(place - 1) AS place,
    json_agg(CASE WHEN valid_from > :first_time THEN (extract(EPOCH FROM valid_from) * 1000000)::bigint END) AS since,
    json_agg(CASE WHEN valid_to < :end_time THEN (extract(EPOCH FROM valid_to) * 1000000)::bigint END) AS until,
    json_agg(product_key) AS product_key,
    json_agg(baseline_kg::text) AS baseline_kg,
    json_agg(product_kg::text) AS product_kg
FROM unnest(cast(:ids AS text [])) WITH ORDINALITY AS named (product_id, place)
INNER JOIN eco.dim_product USING (product_id)
WHERE valid_from < :end_time AND valid_to > :first_time AND valid_from < valid_to
