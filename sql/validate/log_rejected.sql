-- Rejected rows of one part, once, however often the part is validated.
INSERT INTO eco.quality_log (run_id, source_row, kind, column_name, value, reason, row, review_state)
SELECT :run_id, source_row, 'rejected', column_name, value, reason, row, 'open'
FROM incoming_rejected
ON CONFLICT (run_id, source_row, kind) DO NOTHING
