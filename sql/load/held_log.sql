-- Anomalous rows wait here for a person to release or dismiss them.
INSERT INTO eco.quality_log (run_id, source_row, kind, reason, score, model_version, row, review_state, is_typed)
SELECT :run_id, source_row, 'held', reason, score, :model_version, row, 'open', true
FROM incoming_held
ON CONFLICT (run_id, source_row, kind) DO NOTHING
