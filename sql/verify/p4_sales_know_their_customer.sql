-- A sale without a customer has no key.
SELECT
    count(*) AS checked,
    count(*) FILTER (WHERE is_wrong) AS violated,
    min('run ' || run_id || ', row ' || source_row) FILTER (WHERE is_wrong) AS example
FROM (
    SELECT
        sale.run_id, sale.source_row,
        coalesce(sale.sale_timestamp < customer.valid_from OR sale.sale_timestamp >= customer.valid_to, true) AS is_wrong
    FROM eco.fact_sales AS sale
    LEFT JOIN eco.dim_customer AS customer ON sale.customer_key = customer.customer_key
    WHERE sale.customer_key IS NOT NULL
) AS judged
