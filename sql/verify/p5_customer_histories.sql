-- Versions of a key, in their order: each runs until the next begins, the first is the inferred one and opens at
-- -infinity, the last alone is current and has no end.
WITH history AS (
    SELECT
        customer_id, customer_key, valid_from, valid_to, is_current, is_inferred,
        lag(valid_to, 1, '-infinity') OVER (PARTITION BY customer_id ORDER BY valid_from) AS before_until,
        lead(valid_from, 1, 'infinity') OVER (PARTITION BY customer_id ORDER BY valid_from) AS next_from
    FROM eco.dim_customer
    WHERE valid_from < valid_to
)

SELECT
    count(*) AS checked,
    count(*) FILTER (WHERE is_wrong) AS violated,
    min('customer_key ' || customer_key) FILTER (WHERE is_wrong) AS example
FROM (
    SELECT
        min(version.customer_key) AS customer_key,
        count(history.customer_key) = 0
        OR bool_or(history.valid_from <> history.before_until OR history.valid_to <> history.next_from)
        OR count(*) FILTER (WHERE version.is_current) <> 1
        OR bool_or(version.is_current <> (version.valid_to = 'infinity'))
        OR bool_or(version.is_inferred <> (version.valid_from = '-infinity')) AS is_wrong
    FROM eco.dim_customer AS version
    LEFT JOIN history USING (customer_key)
    GROUP BY version.customer_id
) AS judged
