-- Nothing of an order is older than the delivery that states the order whole (line 0 of its UTC day); voids are as old.
WITH line AS (
    SELECT order_id, sale_date, run_id, source_row
    FROM eco.fact_sales
    UNION ALL
    SELECT order_id, (sale_timestamp AT TIME ZONE 'UTC')::date, run_id, source_row
    FROM eco.sale_tombstone
    WHERE line_no > 0
)

SELECT
    count(*) AS checked,
    count(*) FILTER (WHERE is_older) AS violated,
    min('run ' || run_id || ', row ' || source_row) FILTER (WHERE is_older) AS example
FROM (
    SELECT
        line.run_id, line.source_row,
        (run.uploaded_at, run.generation, run.run_id) < (whole_run.uploaded_at, whole_run.generation, whole_run.run_id)
        AS is_older
    FROM eco.sale_tombstone AS whole
    INNER JOIN line
        ON whole.order_id = line.order_id AND (whole.sale_timestamp AT TIME ZONE 'UTC')::date = line.sale_date
    INNER JOIN eco.pipeline_run AS run ON line.run_id = run.run_id
    INNER JOIN eco.pipeline_run AS whole_run ON whole.run_id = whole_run.run_id
    WHERE whole.line_no = 0
) AS judged
