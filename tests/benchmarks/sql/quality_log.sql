-- One row in a hundred of each run, rejected or held in turn; the newest thousand of each kind are open.
INSERT INTO eco.quality_log (
    run_id, source_row, kind, column_name, value, reason, score, model_version, row, review_state, is_typed
)
SELECT
    run.run_id, 100 * number, CASE number % 2 WHEN 0 THEN 'held' ELSE 'rejected' END,
    CASE number % 2 WHEN 1 THEN 'quantity' END, number::text,
    CASE number % 6
        WHEN 0 THEN format('unit price %s is 100 times the usual 9.90 for P00001', number)
        WHEN 1 THEN format('quantity: ''%s pieces'' is not a whole number', number)
        WHEN 2 THEN format('quantity %s is 30 times the usual 1 for P00001', number)
        WHEN 3 THEN format('currency: ''%s'' does not match ^[A-Z]{3}$', number)
        WHEN 4 THEN format('unit price %s is 100 times 9.90, a price of P00001: did the decimal point slip?', number)
        ELSE 'order_id: is missing'
    END,
    CASE number % 2 WHEN 0 THEN 9.5 END, CASE number % 2 WHEN 0 THEN 'history-1-benchmark' END,
    jsonb_build_object(
        'order_id', 'Q' || number, 'line_no', 1, 'sale_timestamp', run.day, 'product_id', 'P00001',
        'quantity', 1 + number % 900, 'unit_price', 990, 'currency', 'EUR', 'country', 'France'
    ),
    CASE WHEN run.age < 10 THEN 'open' ELSE 'dismissed' END, number % 2 = 0
FROM (
    SELECT
        run_id, rows_loaded, substring(object_name FROM '\d{4}-\d{2}-\d{2}') || 'T12:00:00+00:00' AS day,
        row_number() OVER (ORDER BY uploaded_at DESC) AS age
    FROM eco.pipeline_run
) AS run
CROSS JOIN LATERAL generate_series(1, run.rows_loaded / 100) AS number
