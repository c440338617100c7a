-- Of these months, given by their first days, the ones without a partition that every session knows of, and that are not
-- archived either.
SELECT month::date
FROM unnest(CAST(:months AS date [])) AS month
WHERE
    obj_description(to_regclass('eco.fact_sales_' || to_char(month, 'YYYY_MM')), 'pg_class') IS NULL
    AND NOT EXISTS (SELECT FROM eco.sales_archive WHERE first_day = month AND restored_at IS NULL)
ORDER BY month
