SELECT first_day
FROM eco.sales_archive
WHERE restored_at IS NULL AND first_day = ANY(CAST(:months AS date []))
