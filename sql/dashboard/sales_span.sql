-- The first and the newest UTC day with a sale; NULL where there are none.
SELECT min(sale_date) AS first_day, max(sale_date) AS last_day
FROM eco.daily_sales
