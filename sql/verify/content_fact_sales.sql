-- Natural ids in place of surrogate keys, and of the versions when each begins; where a row was read in place of its run.
SELECT count(*) AS row_count, coalesce(sum(hashtextextended(to_jsonb(said)::text, 0)::numeric), 0)::text AS checksum
FROM (
    SELECT
        sale.order_id, sale.line_no, sale.sale_timestamp, sale.sale_date, sale.quantity, sale.unit_price,
        sale.discount_rate, sale.net_amount, sale.currency, sale.country, sale.carbon_savings_kg,
        product.product_id, product.valid_from AS product_from,
        customer.customer_id, customer.valid_from AS customer_from,
        run.object_name, CASE WHEN :with_generations THEN run.generation END AS generation, sale.source_row
    FROM eco.fact_sales AS sale
    LEFT JOIN eco.dim_product AS product ON sale.product_key = product.product_key
    LEFT JOIN eco.dim_customer AS customer ON sale.customer_key = customer.customer_key
    LEFT JOIN eco.pipeline_run AS run ON sale.run_id = run.run_id
) AS said
