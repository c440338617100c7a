-- There are no foreign keys: this finds sales whose version is gone, or was not valid at their time.
SELECT
    count(*) AS checked,
    count(*) FILTER (WHERE is_wrong) AS violated,
    min('run ' || run_id || ', row ' || source_row) FILTER (WHERE is_wrong) AS example
FROM (
    SELECT
        sale.run_id, sale.source_row,
        coalesce(sale.sale_timestamp < product.valid_from OR sale.sale_timestamp >= product.valid_to, true) AS is_wrong
    FROM eco.fact_sales AS sale
    LEFT JOIN eco.dim_product AS product ON sale.product_key = product.product_key
) AS judged
