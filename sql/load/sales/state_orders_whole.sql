-- Which orders the part states whole, unless a newer delivery did: nothing older comes back to them.
INSERT INTO eco.sale_tombstone AS known (order_id, line_no, sale_timestamp, run_id, source_row)
SELECT DISTINCT order_id, 0, date_trunc('day', sale_timestamp, 'UTC'), CAST(:run_id AS uuid), 0
FROM incoming_sale
ON CONFLICT (order_id, line_no, sale_timestamp) DO UPDATE
SET run_id = excluded.run_id
WHERE EXISTS (
    SELECT FROM eco.pipeline_run AS run
    WHERE
        run.run_id = known.run_id
        AND (run.uploaded_at, run.generation, run.run_id) < (:uploaded_at, :generation, excluded.run_id)
)
