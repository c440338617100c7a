COPY eco.sale_tombstone (order_id, line_no, sale_timestamp, run_id, source_row) FROM STDIN WITH (FORMAT binary)
