-- The versions of these products on these days, as columns: which of the ids, counted from 0; from when to when, at most from
-- the first day to the last, in microseconds since 1970; and what the version says.
SELECT
    json_agg(place - 1) AS place,
    json_agg((extract(EPOCH FROM greatest(valid_from, :first_time)) * 1000000)::bigint) AS since,
    json_agg((extract(EPOCH FROM least(valid_to, :end_time)) * 1000000)::bigint) AS until,
    json_agg(product_key) AS product_key,
    json_agg(baseline_kg::text) AS baseline_kg,
    json_agg(product_kg::text) AS product_kg
FROM unnest(cast(:ids AS text [])) WITH ORDINALITY AS named (product_id, place)
INNER JOIN eco.dim_product USING (product_id)
WHERE valid_from < :end_time AND valid_to > :first_time AND valid_from < valid_to
