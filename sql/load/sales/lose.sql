-- A row loses to a newer delivery of its line, or of its order whole.
UPDATE incoming_sale AS arriving
SET is_kept = false, outcome = 'superseded'
FROM present_sale AS present
WHERE
    arriving.is_kept
    AND arriving.order_id = present.order_id
    AND (
        (arriving.line_no = present.line_no AND arriving.sale_timestamp = present.sale_timestamp)
        OR (present.line_no = 0 AND date_trunc('day', arriving.sale_timestamp, 'UTC') = present.sale_timestamp)
    )
    AND (present.uploaded_at, present.generation, present.run_id, present.source_row)
    > (:uploaded_at, :generation, CAST(:run_id AS uuid), arriving.source_row)
