-- Sales by the loyalty tier that the customer had at the time of the sale; NULL where none is known.
SELECT
    loyalty_tier, currency, sum(sale_lines)::bigint AS sale_lines, sum(units)::bigint AS units,
    sum(net_amount) AS net_amount
FROM eco.daily_sales
WHERE
    sale_date >= :first_day AND sale_date < :end_day
    AND (cardinality(cast(:currencies AS text [])) = 0 OR currency = any(cast(:currencies AS text [])))
    AND (cardinality(cast(:countries AS text [])) = 0 OR country = any(cast(:countries AS text [])))
GROUP BY loyalty_tier, currency
ORDER BY sum(sale_lines) DESC, loyalty_tier
