-- Loads that touch the same UTC days take turns; in the order of the slots, so that no two wait for each other.
-- There are 64 slots, to bound the locks that a file over many years takes.
SELECT pg_advisory_xact_lock(hashtext('eco.fact_sales'), slot)
FROM (
    SELECT DISTINCT ((group_time AT TIME ZONE 'UTC')::date - date '2000-01-01') & 63 AS slot
    FROM incoming_sale
    ORDER BY slot
) AS slots
