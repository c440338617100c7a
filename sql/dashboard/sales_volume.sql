-- Sales and carbon of a period by UTC day, week or month, and by currency: amounts are not added up across currencies.
SELECT
    cast(date_trunc(cast(:bucket AS text), sale_date::timestamp) AS date) AS sale_date,
    currency,
    sum(sale_lines)::bigint AS sale_lines,
    sum(units)::bigint AS units,
    sum(net_amount) AS net_amount,
    sum(carbon_savings_kg) AS carbon_savings_kg,
    sum(lines_with_footprint)::bigint AS lines_with_footprint
FROM eco.daily_sales
WHERE
    sale_date >= :first_day AND sale_date < :end_day
    AND (cardinality(cast(:currencies AS text [])) = 0 OR currency = any(cast(:currencies AS text [])))
    AND (cardinality(cast(:countries AS text [])) = 0 OR country = any(cast(:countries AS text [])))
GROUP BY 1, 2
ORDER BY 1, 2
