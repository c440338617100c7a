-- What is the same before and after is unchanged: equal contents of a group pair off, the n-th with the n-th, since an
-- order may hold the same line twice; a winner with what it replaces, a loser with what stays. What the part replaces by
-- other content stays visible in the quality log. A group is a line where the source numbers its lines, and an order's UTC
-- day where it does not: there the lines have no number to compare.
WITH arriving AS (
    SELECT
        source_row, order_id, group_line, group_time, content, is_kept AS changes,
        row_number() OVER (
            PARTITION BY order_id, group_line, group_time, content, is_kept ORDER BY source_row
        ) AS repeat_no
    FROM (
        SELECT
            source_row, order_id, is_kept,
            CASE WHEN :replaces_orders THEN 0 ELSE line_no END AS group_line,
            CASE WHEN :replaces_orders THEN date_trunc('day', sale_timestamp, 'UTC') ELSE sale_timestamp END AS group_time,
            CASE
                WHEN is_void
                    THEN eco.void_content(order_id, CASE WHEN NOT :replaces_orders THEN line_no END, sale_timestamp)
                ELSE eco.sale_content(
                    order_id, CASE WHEN NOT :replaces_orders THEN line_no END, sale_timestamp, product_id, customer_id,
                    quantity, unit_price, discount_rate, currency, country
                )
            END AS content
        FROM incoming_sale
        WHERE is_last
    ) AS stated
),

present AS (
    SELECT
        order_id, group_line, group_time, content, line_no, run_id, source_row, is_replaced AS changes,
        row_number() OVER (
            PARTITION BY order_id, group_line, group_time, content, is_replaced ORDER BY source_row
        ) AS repeat_no
    FROM present_sale
    WHERE line_no > 0
),

replaced AS (
    INSERT INTO eco.quality_log (run_id, source_row, kind, reason, row)
    SELECT
        present.run_id, present.source_row, 'superseded', 'a newer delivery of this sale has other content',
        present.content || jsonb_build_object('line_no', present.line_no)
    FROM present
    LEFT JOIN arriving USING (order_id, group_line, group_time, content, changes, repeat_no)
    WHERE present.changes AND arriving.source_row IS NULL
    ON CONFLICT (run_id, source_row, kind) DO NOTHING
)

UPDATE incoming_sale
SET outcome = 'unchanged'
FROM arriving
INNER JOIN present USING (order_id, group_line, group_time, content, changes, repeat_no)
WHERE incoming_sale.source_row = arriving.source_row
