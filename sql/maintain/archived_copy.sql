COPY archived_sale (
    order_id, line_no, sale_timestamp, sale_date, product_key, customer_key, quantity, unit_price, discount_rate,
    net_amount, currency, country, carbon_savings_kg, run_id, source_row, product_id, customer_id
) FROM STDIN WITH (FORMAT binary)
