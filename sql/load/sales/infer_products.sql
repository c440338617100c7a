-- Products that no file has told of yet, also of sales that lose to a newer delivery: which dimensions there are must not
-- depend on which was loaded first. In order, so that two loads cannot wait for each other.
INSERT INTO eco.dim_product (product_id, valid_from, valid_to, is_current, is_inferred)
SELECT product_id, '-infinity', 'infinity', true, true
FROM unnest(cast(:ids AS text [])) AS named (product_id)
WHERE NOT EXISTS (
    SELECT FROM eco.dim_product AS known
    WHERE known.product_id = named.product_id AND known.is_current  -- each has one such version
)
ORDER BY product_id
ON CONFLICT DO NOTHING
