-- What the model learns from, product after product, always in the same order. A return teaches as a sale does.
COPY (
    SELECT product.product_id, sale.unit_price, abs(sale.quantity) AS quantity, count(*) AS sale_lines
    FROM eco.fact_sales AS sale
    INNER JOIN eco.dim_product AS product ON sale.product_key = product.product_key
    WHERE sale.unit_price > 0 AND sale.quantity <> 0
    GROUP BY product.product_id, sale.unit_price, abs(sale.quantity)
    ORDER BY product.product_id COLLATE "C", sale.unit_price, abs(sale.quantity)
) TO STDOUT WITH (FORMAT csv)
