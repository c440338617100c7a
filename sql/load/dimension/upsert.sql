INSERT INTO eco.dimension_change (dimension, natural_key, valid_from, attributes, run_id, source_row)
SELECT :dimension, natural_key, valid_from, attributes, :run_id, source_row
FROM incoming_change
WHERE is_kept
ON CONFLICT (dimension, natural_key, valid_from) DO UPDATE
SET attributes = excluded.attributes, run_id = excluded.run_id, source_row = excluded.source_row
