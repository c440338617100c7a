-- What people decided about rows of the quality log, and when the released ones were loaded.
SELECT
    run_id, source_row, kind, review_state, corrected, reviewed_by, reviewed_at, review_note, review_loaded_at
FROM eco.quality_log
WHERE reviewed_at IS NOT NULL
ORDER BY review_loaded_at, quality_id
