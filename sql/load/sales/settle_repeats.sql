-- A line that the part states more than once: the last statement counts.
UPDATE incoming_sale AS earlier
SET
    is_last = false,
    is_kept = false,
    outcome = CASE
        WHEN
            (
                earlier.is_void, earlier.product_id, earlier.customer_id, earlier.quantity, earlier.unit_price,
                earlier.discount_rate, earlier.currency, earlier.country
            ) IS NOT DISTINCT FROM (
                last.is_void, last.product_id, last.customer_id, last.quantity, last.unit_price,
                last.discount_rate, last.currency, last.country
            )
            THEN 'unchanged'
        ELSE 'superseded'
    END
FROM (
    SELECT DISTINCT ON (order_id, line_no, sale_timestamp) *
    FROM incoming_sale
    ORDER BY order_id, line_no, sale_timestamp, source_row DESC
) AS last
WHERE
    earlier.order_id = last.order_id
    AND earlier.line_no = last.line_no
    AND earlier.sale_timestamp = last.sale_timestamp
    AND earlier.source_row < last.source_row
