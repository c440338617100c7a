-- The same of customers.
SELECT
    json_agg(place - 1) AS place,
    json_agg(CASE WHEN valid_from > :first_time THEN (extract(EPOCH FROM valid_from) * 1000000)::bigint END) AS since,
    json_agg(CASE WHEN valid_to < :end_time THEN (extract(EPOCH FROM valid_to) * 1000000)::bigint END) AS until,
    json_agg(customer_key) AS customer_key,
    json_agg(loyalty_tier) AS loyalty_tier
FROM unnest(cast(:ids AS text [])) WITH ORDINALITY AS named (customer_id, place)
INNER JOIN eco.dim_customer USING (customer_id)
WHERE valid_from < :end_time AND valid_to > :first_time AND valid_from < valid_to
