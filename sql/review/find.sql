-- Entries of the quality log that a person asks for, the oldest first; whatever is NULL does not matter.
SELECT
    entry.quality_id, entry.run_id, run.object_name, run.source, entry.source_row, entry.kind, entry.column_name,
    entry.value, entry.reason, entry.score, entry.model_version, entry.row, entry.is_typed, entry.corrected,
    entry.review_state, entry.review_outcome, entry.reviewed_by, entry.reviewed_at, entry.review_note,
    run.status AS run_status
FROM eco.quality_log AS entry
INNER JOIN eco.pipeline_run AS run ON entry.run_id = run.run_id
WHERE
    entry.review_state IS NOT NULL
    AND entry.quality_id > :after
    AND (CAST(:quality_ids AS bigint []) IS NULL OR entry.quality_id = ANY(CAST(:quality_ids AS bigint [])))
    AND (CAST(:state AS text) IS NULL OR entry.review_state = :state)
    AND (CAST(:source AS text) IS NULL OR run.source = :source)
    AND (CAST(:kind AS text) IS NULL OR entry.kind = :kind)
    AND (CAST(:run AS text) IS NULL OR entry.run_id::text = :run OR run.object_name = :run)
    AND (CAST(:reason AS text) IS NULL OR position(lower(:reason) IN lower(entry.reason)) > 0)
ORDER BY entry.quality_id
LIMIT :most
