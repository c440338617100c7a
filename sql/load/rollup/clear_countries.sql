-- The sums of these months by country, which maintenance makes, do not hold what this load adds.
DELETE FROM eco.monthly_country_sales
WHERE
    first_day IN (
        SELECT date_trunc('month', day::timestamp)::date
        FROM unnest(cast(:days AS date [])) AS day
    )
