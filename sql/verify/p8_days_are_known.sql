SELECT
    count(*) AS checked,
    count(*) FILTER (WHERE dim_date.sale_date IS NULL) AS violated,
    min(sold.sale_date::text) FILTER (WHERE dim_date.sale_date IS NULL) AS example
FROM (SELECT DISTINCT sale_date FROM eco.fact_sales) AS sold
LEFT JOIN eco.dim_date USING (sale_date)
