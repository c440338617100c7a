-- Of these months, given by their first days, the ones without a partition that every session knows of.
SELECT month::date
FROM unnest(CAST(:months AS date [])) AS month
WHERE obj_description(to_regclass('eco.fact_sales_' || to_char(month, 'YYYY_MM')), 'pg_class') IS NULL
ORDER BY month
