-- What those sales add to their days.
CREATE TEMPORARY TABLE added_day ON COMMIT DROP AS
SELECT
    sale_date, currency, country, loyalty_tier, count(*) AS sale_lines, sum(quantity) AS units,
    sum(net_amount) AS net_amount, sum(carbon_savings_kg) AS carbon_savings_kg,
    count(carbon_savings_kg) AS lines_with_footprint
FROM resolved_sale
GROUP BY sale_date, currency, country, loyalty_tier
