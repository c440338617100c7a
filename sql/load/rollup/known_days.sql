-- Of these days, those that have sums; a day has them in both tables of days or in none.
SELECT day
FROM unnest(cast(:days AS date [])) AS day
WHERE
    EXISTS (
        SELECT FROM eco.daily_sales
        WHERE sale_date = day
    )
