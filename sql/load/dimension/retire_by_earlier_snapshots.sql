-- A key that is stated for the first time was not mentioned by any snapshot that is in: each of them ends what is stated
-- for a time before it, whichever is loaded first.
INSERT INTO eco.dimension_change (dimension, natural_key, valid_from, attributes, run_id, source_row)
SELECT snapshot.dimension, new_key.natural_key, snapshot.valid_from, NULL, snapshot.run_id, 0
FROM eco.dimension_snapshot AS snapshot
CROSS JOIN (
    SELECT DISTINCT natural_key
    FROM incoming_change
    WHERE NOT EXISTS (
        SELECT FROM eco.dimension_change AS known
        WHERE known.dimension = :dimension AND known.natural_key = incoming_change.natural_key
    )
) AS new_key
INNER JOIN eco.pipeline_run AS run ON snapshot.run_id = run.run_id
WHERE snapshot.dimension = :dimension AND snapshot.run_id <> :run_id
-- Of two snapshots of one instant the newer one counts.
ORDER BY run.uploaded_at DESC, run.generation DESC, run.run_id DESC
ON CONFLICT (dimension, natural_key, valid_from) DO NOTHING
