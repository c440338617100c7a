INSERT INTO eco.quality_log (run_id, source_row, kind, reason, row)
SELECT
    :run_id, source_row, 'superseded', 'a newer delivery of this change has other content',
    attributes || jsonb_build_object('natural_key', natural_key, 'valid_from', valid_from)
FROM incoming_change
WHERE outcome = 'superseded'
ON CONFLICT (run_id, source_row, kind) DO NOTHING
