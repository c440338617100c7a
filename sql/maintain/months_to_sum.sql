-- Months with sales whose sums by country are not there: a load has taken them away. The newest first.
SELECT first_day
FROM (SELECT first_day FROM eco.monthly_product_sales EXCEPT SELECT first_day FROM eco.monthly_country_sales) AS without
ORDER BY first_day DESC
LIMIT :most
