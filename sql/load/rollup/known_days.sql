-- Of these days, those that have sums.
SELECT day
FROM unnest(cast(:days AS date [])) AS day
WHERE
    EXISTS (
        SELECT FROM eco.daily_sales
        WHERE sale_date = day
    )
