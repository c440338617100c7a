-- Of these months, given by their first days, the ones without a partition.
SELECT month::date
FROM unnest(CAST(:months AS date [])) AS month
WHERE to_regclass('eco.fact_sales_' || to_char(month, 'YYYY_MM')) IS NULL
ORDER BY month
