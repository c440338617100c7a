-- Of these months, given by their first days, the ones without a partition that are not archived either.
SELECT month::date
FROM unnest(CAST(:months AS date [])) AS month
WHERE
    NOT EXISTS (SELECT FROM eco.sales_partition WHERE first_day = month)
    AND NOT EXISTS (SELECT FROM eco.sales_archive WHERE first_day = month AND restored_at IS NULL)
ORDER BY month
