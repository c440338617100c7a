-- A run a day with what was sold on it, under the ids that the sales name; all of them a success.
INSERT INTO eco.pipeline_run (
    run_id, bucket, object_name, generation, uploaded_at, size_bytes, source, contract_version, status, parts_total,
    parts_loaded, rows_read, rows_loaded, started_at, validated_at, heartbeat_at, finished_at, attempts
)
SELECT
    md5(sale_date::text)::uuid, 'eco-raw', 'sales/' || sale_date || '.csv', row_number() OVER (ORDER BY sale_date),
    arrived, sold.sale_lines * 58, 'sales', '1', 'SUCCESS', 1, 1, sold.sale_lines, sold.sale_lines,
    arrived, arrived + interval '1 s', arrived + interval '4 s', arrived + interval '4 s', 1
FROM (
    SELECT
        sale_date, sum(sale_lines) AS sale_lines,
        clock_timestamp() - (max(sale_date) OVER () - sale_date) * interval '1 day' - interval '1 minute' AS arrived
    FROM eco.daily_sales
    GROUP BY sale_date
) AS sold
