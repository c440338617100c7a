SELECT count(*) AS row_count, coalesce(sum(hashtextextended(to_jsonb(said)::text, 0)::numeric), 0)::text AS checksum
FROM (
    SELECT
        tombstone.order_id, tombstone.line_no, tombstone.sale_timestamp,
        run.object_name, CASE WHEN :with_generations THEN run.generation END AS generation, tombstone.source_row
    FROM eco.sale_tombstone AS tombstone
    LEFT JOIN eco.pipeline_run AS run ON tombstone.run_id = run.run_id
) AS said
