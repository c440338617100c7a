-- Voids are remembered.
INSERT INTO eco.sale_tombstone (order_id, line_no, sale_timestamp, run_id, source_row)
SELECT order_id, line_no, sale_timestamp, :run_id, source_row
FROM incoming_sale
WHERE is_kept AND is_void
