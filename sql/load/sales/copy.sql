COPY incoming_sale (
    order_id, line_no, sale_timestamp, product_id, customer_id, quantity, unit_price, discount_rate, net_amount,
    currency, country, is_void, source_row
) FROM STDIN WITH (FORMAT binary)
