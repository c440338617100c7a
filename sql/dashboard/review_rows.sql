-- Rows of the quality log that can be reviewed, the oldest first, and how many there are of the kind that is asked for;
-- an empty list means all. Counted by their ids alone: rows themselves are large, and only some are shown.
WITH asked AS MATERIALIZED (
    SELECT entry.quality_id
    FROM eco.quality_log AS entry
    INNER JOIN eco.pipeline_run AS run ON entry.run_id = run.run_id
    WHERE
        entry.review_state IS NOT NULL
        AND (cardinality(cast(:states AS text [])) = 0 OR entry.review_state = any(cast(:states AS text [])))
        AND (cardinality(cast(:kinds AS text [])) = 0 OR entry.kind = any(cast(:kinds AS text [])))
        AND (cast(:source AS text) IS NULL OR run.source = :source)
        AND (cast(:run AS text) IS NULL OR entry.run_id::text = :run OR run.object_name = :run)
        AND (cast(:reason AS text) IS NULL OR position(lower(:reason) IN lower(entry.reason)) > 0)
)

SELECT
    entry.quality_id, entry.kind, entry.review_state, run.source, run.object_name, entry.source_row, entry.reason,
    entry.reviewed_by, entry.reviewed_at, entry.review_note, entry.review_outcome, entry.logged_at, entry.run_id,
    entry.row, entry.corrected, entry.is_typed,
    (SELECT count(*) FROM asked) AS found
FROM (SELECT quality_id FROM asked ORDER BY quality_id LIMIT :most) AS shown
INNER JOIN eco.quality_log AS entry ON shown.quality_id = entry.quality_id
INNER JOIN eco.pipeline_run AS run ON entry.run_id = run.run_id
ORDER BY entry.quality_id
