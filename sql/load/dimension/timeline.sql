-- The whole history of the keys that changed, as it has to be: an inferred version opens it, equal neighbours are one.
CREATE TEMPORARY TABLE timeline ON COMMIT DROP AS
WITH changed AS (
    SELECT natural_key, min(valid_from) AS changed_from
    FROM incoming_change
    WHERE is_kept AND outcome = 'loaded'
    GROUP BY natural_key
),

stated AS (
    SELECT
        change.natural_key, change.valid_from, change.attributes, changed.changed_from,
        lag(change.attributes) OVER (PARTITION BY change.natural_key ORDER BY change.valid_from) AS attributes_before
    FROM eco.dimension_change AS change
    INNER JOIN changed ON change.natural_key = changed.natural_key
    WHERE change.dimension = :dimension
),

version AS (
    SELECT natural_key, valid_from, attributes, changed_from
    FROM stated
    WHERE attributes IS DISTINCT FROM attributes_before
    UNION ALL
    SELECT natural_key, '-infinity', '{}', changed_from
    FROM changed
)

SELECT
    natural_key, valid_from, attributes, changed_from,
    coalesce(lead(valid_from) OVER (PARTITION BY natural_key ORDER BY valid_from), 'infinity') AS valid_to
FROM version
