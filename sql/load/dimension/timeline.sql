-- The whole history of the keys that changed, as it has to be: an inferred version opens it, a deletion ends what was
-- stated before it and keeps its attributes, equal neighbours are one. Nothing is there to be ended before the first
-- statement.
CREATE TEMPORARY TABLE timeline ON COMMIT DROP AS
WITH changed AS (
    SELECT natural_key, min(valid_from) AS changed_from
    FROM incoming_change
    -- Also a key that is new, though all that is said of it was said before by a snapshot that did not mention it.
    WHERE
        outcome <> 'unchanged'
        OR CASE :dimension
            WHEN 'product'
                THEN NOT EXISTS (SELECT FROM eco.dim_product AS known WHERE known.product_id = natural_key)
            ELSE NOT EXISTS (SELECT FROM eco.dim_customer AS known WHERE known.customer_id = natural_key)
        END
    GROUP BY natural_key
),

stated AS (
    SELECT
        change.natural_key, change.valid_from, change.attributes, changed.changed_from,
        count(change.attributes) OVER (PARTITION BY change.natural_key ORDER BY change.valid_from) AS statement_no
    FROM eco.dimension_change AS change
    INNER JOIN changed ON change.natural_key = changed.natural_key
    WHERE change.dimension = :dimension
),

described AS (
    SELECT
        natural_key, valid_from, changed_from,
        attributes IS NULL AS is_deleted,
        first_value(attributes) OVER (PARTITION BY natural_key, statement_no ORDER BY valid_from) AS attributes
    FROM stated
    WHERE statement_no > 0
),

compared AS (
    SELECT
        *,
        lag(attributes) OVER (PARTITION BY natural_key ORDER BY valid_from) AS attributes_before,
        lag(is_deleted) OVER (PARTITION BY natural_key ORDER BY valid_from) AS was_deleted
    FROM described
),

version AS (
    SELECT natural_key, valid_from, attributes, is_deleted, changed_from
    FROM compared
    WHERE attributes IS DISTINCT FROM attributes_before OR is_deleted IS DISTINCT FROM was_deleted
    UNION ALL
    SELECT natural_key, '-infinity', '{}', false, changed_from
    FROM changed
)

SELECT
    natural_key, valid_from, attributes, is_deleted, changed_from,
    coalesce(lead(valid_from) OVER (PARTITION BY natural_key ORDER BY valid_from), 'infinity') AS valid_to
FROM version
