-- No month of the part is archived or restored while it is loaded. In order, so that no two wait for each other.
SELECT pg_advisory_xact_lock_shared(hashtext('eco.sales_month'), month)
FROM (
    SELECT DISTINCT eco.sales_month(day::timestamp AT TIME ZONE 'UTC') AS month
    FROM unnest(cast(:days AS date [])) AS day
    ORDER BY month
) AS months
