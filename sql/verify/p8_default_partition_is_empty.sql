SELECT
    count(*) AS checked,
    count(*) AS violated,
    to_char(min(sale_timestamp), 'YYYY-MM') AS example
FROM eco.fact_sales_default
