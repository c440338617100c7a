-- Loads that touch the same UTC days take turns; in the order of the slots, so that no two wait for each other.
-- There are 512 slots, to bound the locks that a file over many years takes; the parts of a file over one year never
-- share one by chance.
SELECT pg_advisory_xact_lock(hashtext('eco.fact_sales'), slot)
FROM (
    SELECT DISTINCT (day - date '2000-01-01') & 511 AS slot
    FROM unnest(cast(:days AS date [])) AS day
    ORDER BY slot
) AS slots
