-- Of each key, what the snapshot says to be so at its own time: the row that took effect last before it.
INSERT INTO eco.snapshot_mention AS known (run_id, natural_key, valid_from, attributes, source_row)
SELECT DISTINCT ON (natural_key)
    CAST(:run_id AS uuid), natural_key, valid_from, attributes, source_row
FROM incoming_change
ORDER BY natural_key, valid_from <= :uploaded_at DESC, valid_from DESC, source_row DESC
ON CONFLICT (run_id, natural_key) DO UPDATE
SET valid_from = excluded.valid_from, attributes = excluded.attributes, source_row = excluded.source_row
WHERE
    (excluded.valid_from <= :uploaded_at, excluded.valid_from, excluded.source_row)
    > (known.valid_from <= :uploaded_at, known.valid_from, known.source_row)
