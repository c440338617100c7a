-- Sales by country and currency; NULL is a sale that names no country.
SELECT
    country, currency, sum(sale_lines)::bigint AS sale_lines, sum(units)::bigint AS units,
    sum(net_amount) AS net_amount
FROM eco.daily_sales
WHERE
    sale_date >= :first_day AND sale_date < :end_day
    AND (cardinality(cast(:currencies AS text [])) = 0 OR currency = any(cast(:currencies AS text [])))
    AND (cardinality(cast(:countries AS text [])) = 0 OR country = any(cast(:countries AS text [])))
GROUP BY country, currency
ORDER BY sum(sale_lines) DESC, country
LIMIT :most
