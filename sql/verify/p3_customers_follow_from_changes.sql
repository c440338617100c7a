-- The history as the stated changes have it, beside the one that is there: every version is a change, and every change
-- a version, with what was stated last. A change that says the same as before, or that deletes what was never stated,
-- begins none.
WITH stated AS (
    SELECT
        natural_key, valid_from, attributes, run_id,
        count(attributes) OVER (PARTITION BY natural_key ORDER BY valid_from) AS statement_no
    FROM eco.dimension_change
    WHERE dimension = 'customer'
),

state AS (
    SELECT
        natural_key, valid_from, run_id,
        attributes IS NULL AS is_deleted,
        first_value(attributes) OVER (PARTITION BY natural_key, statement_no ORDER BY valid_from) AS attributes
    FROM stated
    WHERE statement_no > 0
),

compared AS (
    SELECT
        natural_key, valid_from, run_id, is_deleted, attributes,
        (lag(attributes) OVER earlier, lag(is_deleted) OVER earlier) IS NOT DISTINCT FROM (attributes, is_deleted) AS is_same
    FROM state
    WINDOW earlier AS (PARTITION BY natural_key ORDER BY valid_from)
),

expected AS (
    SELECT natural_key AS customer_id, valid_from, run_id, is_deleted, attributes
    FROM compared
    WHERE NOT is_same
    UNION ALL
    SELECT customer_id, '-infinity', NULL, false, '{}'
    FROM (
        SELECT natural_key AS customer_id FROM eco.dimension_change WHERE dimension = 'customer'
        UNION
        SELECT customer_id FROM eco.dim_customer
    ) AS known
),

-- The attributes in the columns' own types, as JSON, so that no column is forgotten here.
said AS (
    SELECT
        customer_id, valid_from, run_id, is_deleted,
        to_jsonb(jsonb_populate_record(CAST(NULL AS eco.dim_customer), attributes)) AS content
    FROM expected
),

there AS (
    SELECT
        customer_id, valid_from, customer_key, is_deleted,
        to_jsonb(version) AS content
    FROM eco.dim_customer AS version
    WHERE valid_from < valid_to
)

SELECT
    count(*) AS checked,
    count(*) FILTER (WHERE is_wrong) AS violated,
    min(where_it_is) FILTER (WHERE is_wrong) AS example
FROM (
    SELECT
        coalesce('customer_key ' || there.customer_key, 'run ' || said.run_id) AS where_it_is,
        said.is_deleted IS DISTINCT FROM there.is_deleted
        OR said.content - frame.columns IS DISTINCT FROM there.content - frame.columns AS is_wrong
    FROM said
    FULL JOIN there USING (customer_id, valid_from)
    CROSS JOIN (
        SELECT ARRAY[
            'customer_key', 'customer_id', 'valid_from', 'valid_to', 'is_current', 'is_inferred', 'is_deleted'
        ] AS columns
    ) AS frame
) AS judged
