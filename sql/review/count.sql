-- The rows that were just loaded leave the count of what was held or rejected, and enter that of what became of them. A
-- file that broke in the middle has not counted what it rejected.
UPDATE eco.pipeline_run AS run
SET
    rows_held = run.rows_held - moved.held,
    rows_rejected = greatest(run.rows_rejected - moved.rejected, 0),
    rows_loaded = run.rows_loaded + moved.loaded,
    rows_unchanged = run.rows_unchanged + moved.unchanged,
    rows_superseded = run.rows_superseded + moved.superseded
FROM (
    SELECT
        count(*) FILTER (WHERE kind = 'held') AS held,
        count(*) FILTER (WHERE kind = 'rejected') AS rejected,
        count(*) FILTER (WHERE review_outcome = 'loaded') AS loaded,
        count(*) FILTER (WHERE review_outcome = 'unchanged') AS unchanged,
        count(*) FILTER (WHERE review_outcome = 'superseded') AS superseded
    FROM eco.quality_log
    WHERE quality_id = ANY(CAST(:quality_ids AS bigint []))
) AS moved
WHERE run.run_id = :run_id
