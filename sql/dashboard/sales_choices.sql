-- The countries and currencies that there are, the largest first.
SELECT 'country' AS what, country AS name, sum(sale_lines) AS sale_lines
FROM eco.daily_sales
WHERE country IS NOT NULL
GROUP BY country
UNION ALL
SELECT 'currency', currency, sum(sale_lines)
FROM eco.daily_sales
GROUP BY currency
ORDER BY sale_lines DESC, name
