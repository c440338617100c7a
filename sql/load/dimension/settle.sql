-- What is stated already for the same key and instant: the newer delivery counts, whichever is loaded first. Who states
-- what only followed from a snapshot so far (row 0) has something loaded, be it the same.
UPDATE incoming_change AS incoming
SET
    is_kept = NOT judged.is_newer,
    outcome = CASE
        WHEN NOT judged.is_newer AND judged.source_row = 0 AND incoming.source_row > 0 THEN 'loaded'
        WHEN incoming.attributes IS NOT DISTINCT FROM judged.attributes THEN 'unchanged'
        WHEN judged.is_newer THEN 'superseded'
        ELSE 'loaded'
    END
FROM (
    SELECT
        change.natural_key, change.valid_from, change.attributes, change.source_row,
        (run.uploaded_at, run.generation, run.run_id, change.source_row)
        > (:uploaded_at, :generation, :run_id, arriving.source_row) AS is_newer
    FROM eco.dimension_change AS change
    INNER JOIN eco.pipeline_run AS run ON change.run_id = run.run_id
    INNER JOIN incoming_change AS arriving
        ON change.natural_key = arriving.natural_key AND change.valid_from = arriving.valid_from
    WHERE change.dimension = :dimension AND arriving.is_kept
) AS judged
WHERE
    incoming.natural_key = judged.natural_key
    AND incoming.valid_from = judged.valid_from
    AND incoming.is_kept
