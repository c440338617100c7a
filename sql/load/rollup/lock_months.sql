-- Loads that only add to the sums of these months share them; one that takes something out writes them anew, and owns
-- them. The last advisory lock that a load takes; in order, so that no two wait for each other.
SELECT
    CASE
        WHEN :writes_anew THEN pg_advisory_xact_lock(hashtext('eco.monthly_product_sales'), month)
        ELSE pg_advisory_xact_lock_shared(hashtext('eco.monthly_product_sales'), month)
    END
FROM (
    SELECT DISTINCT eco.sales_month(day::timestamp AT TIME ZONE 'UTC') AS month
    FROM unnest(cast(:days AS date [])) AS day
    ORDER BY month
) AS months
