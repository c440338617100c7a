-- Sales and carbon of a period by UTC day, week or month, and by currency: amounts are not added up across currencies.
SELECT
    cast(date_trunc(cast(:bucket AS text), sale_date::timestamp) AS date) AS sale_date,
    currency,
    count(*) AS sale_lines,
    sum(net_amount) AS net_amount,
    sum(carbon_savings_kg) AS carbon_savings_kg,
    count(carbon_savings_kg) AS lines_with_footprint
FROM eco.fact_sales
WHERE sale_timestamp >= :since AND sale_timestamp < :until
GROUP BY 1, 2
ORDER BY 1, 2
