-- At the time of the snapshot, what is known and not mentioned is deleted.
INSERT INTO incoming_change (natural_key, valid_from, attributes, source_row)
SELECT DISTINCT known.natural_key, CAST(:uploaded_at AS timestamptz), CAST(NULL AS jsonb), 0
FROM eco.dimension_change AS known
WHERE
    known.dimension = :dimension
    AND NOT EXISTS (
        SELECT FROM eco.snapshot_mention AS mention
        WHERE mention.run_id = :run_id AND mention.natural_key = known.natural_key
    )
