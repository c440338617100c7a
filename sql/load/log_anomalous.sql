-- Held rows wait here for a person to release or dismiss them; flagged ones are loaded, and nobody need decide.
INSERT INTO eco.quality_log (run_id, source_row, kind, reason, score, model_version, row, review_state, is_typed)
SELECT
    :run_id, source_row, :kind, reason, score, :model_version, row,
    CASE WHEN cast(:kind AS text) = 'held' THEN 'open' END,
    true
FROM unnest(
    cast(:source_row AS bigint []),
    cast(:anomaly_reason AS text []),
    cast(:anomaly_score AS double precision []),
    cast(:row AS jsonb [])
) AS anomalous (source_row, reason, score, row)
ON CONFLICT (run_id, source_row, kind) DO NOTHING
