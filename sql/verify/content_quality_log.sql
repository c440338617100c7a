-- Without superseded entries, which may lawfully differ: of three deliveries of a line, the one in the middle is
-- superseded once if it comes before the newest, and whether the first is depends on which it meets. And without
-- rows that were released and loaded since: what they say is in the warehouse.
SELECT count(*) AS row_count, coalesce(sum(hashtextextended(to_jsonb(said)::text, 0)::numeric), 0)::text AS checksum
FROM (
    SELECT
        run.object_name, CASE WHEN :with_generations THEN run.generation END AS generation, entry.source_row, entry.kind,
        entry.column_name, entry.value, entry.reason, entry.score, entry.model_version, entry.row, entry.review_state,
        entry.corrected
    FROM eco.quality_log AS entry
    LEFT JOIN eco.pipeline_run AS run ON entry.run_id = run.run_id
    WHERE entry.kind IN ('rejected', 'held', 'flagged') AND entry.review_state IS DISTINCT FROM 'loaded'
) AS said
