INSERT INTO eco.quality_log (run_id, source_row, kind, reason, row)
SELECT
    change.run_id, change.source_row, 'superseded', 'a newer delivery of this change has other content',
    coalesce(change.attributes, '{"operation": "delete"}')
    || jsonb_build_object(:dimension || '_id', change.natural_key, 'valid_from', change.valid_from)
FROM eco.dimension_change AS change
INNER JOIN incoming_change AS incoming
    ON change.natural_key = incoming.natural_key AND change.valid_from = incoming.valid_from
WHERE
    change.dimension = :dimension
    AND change.source_row > 0
    AND incoming.is_kept
    AND incoming.outcome = 'loaded'
ON CONFLICT (run_id, source_row, kind) DO NOTHING
