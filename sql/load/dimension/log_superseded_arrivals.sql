INSERT INTO eco.quality_log (run_id, source_row, kind, reason, row)
SELECT
    :run_id, source_row, 'superseded', 'a newer delivery of this change has other content',
    coalesce(attributes, '{"operation": "delete"}')
    || jsonb_build_object(:dimension || '_id', natural_key, 'valid_from', valid_from)
FROM incoming_change
WHERE outcome = 'superseded' AND source_row > 0
ON CONFLICT (run_id, source_row, kind) DO NOTHING
