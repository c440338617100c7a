SELECT decision, decided_by, decided_at, note
FROM eco.review_decision
WHERE quality_id = :quality_id
ORDER BY decision_id
