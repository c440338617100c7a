SELECT entry.run_id, entry.source_row, entry.kind, made.decision, made.decided_by, made.decided_at, made.note
FROM eco.review_decision AS made
INNER JOIN eco.quality_log AS entry ON made.quality_id = entry.quality_id
ORDER BY made.decision_id
