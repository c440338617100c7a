-- The key whose history is written anew, as loads name theirs: from its first stated change on.
INSERT INTO incoming_change (natural_key, valid_from, attributes, source_row)
SELECT natural_key, min(valid_from), '{}', 0
FROM eco.dimension_change
WHERE dimension = 'customer' AND natural_key = :customer_id
GROUP BY natural_key
