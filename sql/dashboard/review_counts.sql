-- The rows that wait for a decision, by kind, and whether any row was ever held or rejected.
SELECT
    count(*) FILTER (WHERE kind = 'held') AS held_open,
    count(*) FILTER (WHERE kind = 'rejected') AS rejected_open,
    EXISTS (SELECT FROM eco.quality_log WHERE review_state IS NOT NULL) AS has_any
FROM eco.quality_log
WHERE review_state = 'open'
