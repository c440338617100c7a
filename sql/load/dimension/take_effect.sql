-- At the time of the snapshot, what it mentions is so, whatever was retired since a row of it took effect; and what is
-- known and not mentioned is deleted.
INSERT INTO incoming_change (natural_key, valid_from, attributes, source_row)
SELECT natural_key, CAST(:uploaded_at AS timestamptz), attributes, 0
FROM eco.snapshot_mention
WHERE run_id = :run_id AND valid_from < :uploaded_at
UNION ALL
SELECT DISTINCT known.natural_key, CAST(:uploaded_at AS timestamptz), CAST(NULL AS jsonb), 0
FROM eco.dimension_change AS known
WHERE
    known.dimension = :dimension
    AND NOT EXISTS (
        SELECT FROM eco.snapshot_mention AS mention
        WHERE mention.run_id = :run_id AND mention.natural_key = known.natural_key
    )
