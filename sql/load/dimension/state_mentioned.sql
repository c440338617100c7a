-- At the time of the snapshot, what it mentions is so, whatever was retired since a row of it took effect.
INSERT INTO incoming_change (natural_key, valid_from, attributes, source_row)
SELECT natural_key, CAST(:uploaded_at AS timestamptz), attributes, 0
FROM eco.snapshot_mention
WHERE run_id = :run_id AND valid_from < :uploaded_at
