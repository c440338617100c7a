-- What has become of rows that were decided about.
SELECT quality_id, review_state, review_outcome, review_note
FROM eco.quality_log
WHERE quality_id = any(cast(:quality_ids AS bigint []))
ORDER BY quality_id
