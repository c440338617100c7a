-- Some released rows of a run, in the order of their ids.
SELECT quality_id, source_row, kind, is_typed, coalesce(corrected, row) AS row, reviewed_at
FROM eco.quality_log
WHERE run_id = :run_id AND review_state = 'released' AND quality_id > :after
ORDER BY quality_id
LIMIT :most
