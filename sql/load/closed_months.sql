-- Of these months, given by their first days, those that take no sales as they are: archived ones, and ones without a
-- partition that every session knows of.
SELECT month::date AS first_day, away.first_day IS NOT NULL AS is_archived
FROM unnest(cast(:months AS date [])) AS month
LEFT JOIN eco.sales_archive AS away ON away.first_day = month AND away.restored_at IS NULL
WHERE
    away.first_day IS NOT NULL
    OR obj_description(to_regclass('eco.fact_sales_' || to_char(month, 'YYYY_MM')), 'pg_class') IS NULL
ORDER BY month
