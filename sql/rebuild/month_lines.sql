SELECT count(*)
FROM eco.fact_sales
WHERE
    sale_timestamp >= CAST(:first_day AS date)::timestamp AT TIME ZONE 'UTC'
    AND sale_timestamp < (CAST(:first_day AS date) + interval '1 month') AT TIME ZONE 'UTC'
