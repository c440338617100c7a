-- A period and the one of the same length before it, by currency: amounts are not added up across currencies.
SELECT
    currency,
    sale_date >= :first_day AS is_now,
    sum(sale_lines)::bigint AS sale_lines,
    sum(units)::bigint AS units,
    sum(net_amount) AS net_amount,
    sum(carbon_savings_kg) AS carbon_savings_kg,
    sum(lines_with_footprint)::bigint AS lines_with_footprint
FROM eco.daily_sales
WHERE
    sale_date >= :before_day AND sale_date < :end_day
    AND (cardinality(cast(:currencies AS text [])) = 0 OR currency = any(cast(:currencies AS text [])))
    AND (cardinality(cast(:countries AS text [])) = 0 OR country = any(cast(:countries AS text [])))
GROUP BY 1, 2
ORDER BY 1, 2
