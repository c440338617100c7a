COPY eco.fact_sales (
    order_id, line_no, sale_timestamp, sale_date, product_key, customer_key, quantity, unit_price, discount_rate,
    net_amount, currency, country, carbon_savings_kg, run_id, source_row
) FROM STDIN WITH (FORMAT binary)
