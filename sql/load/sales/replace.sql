-- What is there is replaced by a row that did not lose to it, and by a newer statement of the whole order.
UPDATE present_sale AS present
SET is_replaced = true
WHERE
    present.line_no > 0
    AND (
        EXISTS (
            SELECT FROM incoming_sale AS arriving
            WHERE
                arriving.is_kept
                AND arriving.order_id = present.order_id
                AND arriving.line_no = present.line_no
                AND arriving.sale_timestamp = present.sale_timestamp
        )
        OR (
            :replaces_orders
            AND (present.uploaded_at, present.generation, present.run_id)
            < (:uploaded_at, :generation, CAST(:run_id AS uuid))
        )
    )
