-- Customers that no file has told of yet, also of sales that lose to a newer delivery: which dimensions there are must not
-- depend on which was loaded first. In order, so that two loads cannot wait for each other.
INSERT INTO eco.dim_customer (customer_id, valid_from, valid_to, is_current, is_inferred)
SELECT customer_id, '-infinity', 'infinity', true, true
FROM unnest(cast(:ids AS text [])) AS named (customer_id)
WHERE NOT EXISTS (
    SELECT FROM eco.dim_customer AS known
    WHERE known.customer_id = named.customer_id AND known.is_current  -- each has one such version
)
ORDER BY customer_id
ON CONFLICT DO NOTHING
