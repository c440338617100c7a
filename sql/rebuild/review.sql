-- Open entries are as people left them. An entry that is not there any more needs no decision.
UPDATE eco.quality_log AS entry
SET
    review_state = made.review_state, corrected = made.corrected, reviewed_by = made.reviewed_by,
    reviewed_at = made.reviewed_at, review_note = made.review_note
FROM jsonb_to_recordset(CAST(:entries AS jsonb)) AS made (
    run_id uuid, source_row bigint, kind text, review_state text, corrected jsonb, reviewed_by text,
    reviewed_at timestamptz, review_note text
)
WHERE
    entry.run_id = made.run_id
    AND entry.source_row = made.source_row
    AND entry.kind = made.kind
    AND entry.review_state = 'open'
