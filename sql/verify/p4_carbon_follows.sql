-- By the one definition of the formula; unknown stays NULL.
SELECT
    count(*) AS checked,
    count(*) FILTER (WHERE is_wrong) AS violated,
    min('run ' || run_id || ', row ' || source_row) FILTER (WHERE is_wrong) AS example
FROM (
    SELECT
        sale.run_id, sale.source_row,
        sale.carbon_savings_kg IS DISTINCT FROM
        eco.carbon_savings_kg(sale.quantity, product.baseline_kg, product.product_kg) AS is_wrong
    FROM eco.fact_sales AS sale
    INNER JOIN eco.dim_product AS product ON sale.product_key = product.product_key
) AS judged
