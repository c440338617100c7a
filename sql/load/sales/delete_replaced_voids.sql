DELETE FROM eco.sale_tombstone AS void
USING present_sale AS present
WHERE
    present.is_replaced
    AND present.is_void
    AND void.order_id = present.order_id
    AND void.line_no = present.line_no
    AND void.sale_timestamp = present.sale_timestamp
