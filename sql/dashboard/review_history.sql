-- Every decision about a row of the quality log, the first one first.
SELECT decided_at, decision, decided_by, note
FROM eco.review_decision
WHERE quality_id = :quality_id
ORDER BY decision_id
