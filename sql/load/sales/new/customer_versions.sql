-- The same of customers.
SELECT
    json_agg(place - 1) AS place,
    json_agg((extract(EPOCH FROM greatest(valid_from, :first_time)) * 1000000)::bigint) AS since,
    json_agg((extract(EPOCH FROM least(valid_to, :end_time)) * 1000000)::bigint) AS until,
    json_agg(customer_key) AS customer_key,
    json_agg(loyalty_tier) AS loyalty_tier
FROM unnest(cast(:ids AS text [])) WITH ORDINALITY AS named (customer_id, place)
INNER JOIN eco.dim_customer USING (customer_id)
WHERE valid_from < :end_time AND valid_to > :first_time AND valid_from < valid_to
