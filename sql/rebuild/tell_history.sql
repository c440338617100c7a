INSERT INTO eco.review_decision (quality_id, decision, decided_by, decided_at, note)
SELECT entry.quality_id, made.decision, made.decided_by, made.decided_at, made.note
FROM jsonb_to_recordset(CAST(:history AS jsonb)) AS made (
    run_id uuid, source_row bigint, kind text, decision text, decided_by text, decided_at timestamptz, note text
)
INNER JOIN eco.quality_log AS entry
    ON made.run_id = entry.run_id AND made.source_row = entry.source_row AND made.kind = entry.kind
ORDER BY made.decided_at
