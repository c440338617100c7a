-- What becomes of the rows whose group is there already. Equal contents pair off, the n-th with the n-th, since an
-- order may hold the same line twice; a group stays as it is where the newer delivery is there. What the part replaces
-- by other content stays visible in the quality log.
WITH arriving AS (
    SELECT
        source_row, order_id, group_line, group_time, content,
        row_number() OVER (PARTITION BY order_id, group_line, group_time, content ORDER BY source_row) AS repeat_no
    FROM (
        SELECT
            source_row, order_id, group_line, group_time,
            eco.sale_content(
                order_id, nullif(group_line, 0), sale_timestamp, product_id, customer_id,
                quantity, unit_price, discount_rate, currency, country
            ) AS content
        FROM incoming_sale
        WHERE is_kept
    ) AS stated
),

present AS (
    SELECT
        order_id, group_line, group_time, content, line_no, run_id, source_row,
        row_number() OVER (PARTITION BY order_id, group_line, group_time, content ORDER BY source_row) AS repeat_no
    FROM present_sale
),

present_group AS (
    SELECT order_id, group_line, group_time, bool_or(is_newer) AS is_newer
    FROM present_sale
    GROUP BY order_id, group_line, group_time
),

judged AS (
    SELECT arriving.source_row, present_group.is_newer, present.content IS NOT NULL AS is_there
    FROM arriving
    INNER JOIN present_group USING (order_id, group_line, group_time)
    LEFT JOIN present USING (order_id, group_line, group_time, content, repeat_no)
),

replaced AS (
    INSERT INTO eco.quality_log (run_id, source_row, kind, reason, row)
    SELECT
        present.run_id, present.source_row, 'superseded', 'a newer delivery of this sale has other content',
        present.content || jsonb_build_object('line_no', present.line_no)
    FROM present
    INNER JOIN present_group USING (order_id, group_line, group_time)
    LEFT JOIN arriving USING (order_id, group_line, group_time, content, repeat_no)
    WHERE NOT present_group.is_newer AND arriving.source_row IS NULL
    ON CONFLICT (run_id, source_row, kind) DO NOTHING
)

UPDATE incoming_sale
SET
    is_kept = NOT judged.is_newer,
    outcome = CASE WHEN judged.is_there THEN 'unchanged' WHEN judged.is_newer THEN 'superseded' ELSE 'loaded' END
FROM judged
WHERE incoming_sale.source_row = judged.source_row
