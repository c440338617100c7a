-- Rows of the part that lose to a newer statement with other content stay visible.
INSERT INTO eco.quality_log (run_id, source_row, kind, reason, row)
SELECT
    :run_id, source_row, 'superseded', 'a newer delivery of this sale has other content',
    CASE
        WHEN is_void THEN eco.void_content(order_id, line_no, sale_timestamp)
        ELSE eco.sale_content(
            order_id, line_no, sale_timestamp, product_id, customer_id,
            quantity, unit_price, discount_rate, currency, country
        )
    END
FROM incoming_sale
WHERE outcome = 'superseded'
ON CONFLICT (run_id, source_row, kind) DO NOTHING
