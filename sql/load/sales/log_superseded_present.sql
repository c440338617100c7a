-- So do the rows that the part replaces by other content.
INSERT INTO eco.quality_log (run_id, source_row, kind, reason, row)
SELECT
    present.run_id, present.source_row, 'superseded', 'a newer delivery of this sale has other content',
    present.content || jsonb_build_object('line_no', present.line_no)
FROM (
    SELECT
        *,
        row_number() OVER (PARTITION BY order_id, group_line, group_time, content ORDER BY source_row) AS repeat_no
    FROM present_sale
) AS present
WHERE
    NOT present.is_newer
    AND present.repeat_no > (
        SELECT count(*)
        FROM incoming_sale AS incoming
        WHERE
            incoming.is_kept
            AND incoming.outcome = 'unchanged'
            AND incoming.order_id = present.order_id
            AND incoming.group_line = present.group_line
            AND incoming.group_time = present.group_time
            AND eco.sale_content(
                incoming.order_id, nullif(incoming.group_line, 0), incoming.sale_timestamp, incoming.product_id,
                incoming.customer_id, incoming.quantity, incoming.unit_price, incoming.discount_rate,
                incoming.currency, incoming.country
            ) = present.content
    )
ON CONFLICT (run_id, source_row, kind) DO NOTHING
