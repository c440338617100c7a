-- What rows of files state. What full snapshots imply besides follows from them, and is entered when it matters.
SELECT count(*) AS row_count, coalesce(sum(hashtextextended(to_jsonb(said)::text, 0)::numeric), 0)::text AS checksum
FROM (
    SELECT
        change.dimension, change.natural_key, change.valid_from, change.attributes,
        run.object_name, CASE WHEN :with_generations THEN run.generation END AS generation, change.source_row
    FROM eco.dimension_change AS change
    LEFT JOIN eco.pipeline_run AS run ON change.run_id = run.run_id
    WHERE change.source_row > 0
) AS said
