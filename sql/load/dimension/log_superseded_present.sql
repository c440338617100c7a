-- What a part replaces by other content; and by what follows from a snapshot as a whole (row 0), be it the same.
INSERT INTO eco.quality_log (run_id, source_row, kind, reason, row)
SELECT
    change.run_id, change.source_row, 'superseded', 'a newer delivery took its place',
    coalesce(change.attributes, '{"operation": "delete"}')
    || jsonb_build_object(:dimension || '_id', change.natural_key, 'valid_from', change.valid_from)
FROM eco.dimension_change AS change
INNER JOIN incoming_change AS incoming
    ON change.natural_key = incoming.natural_key AND change.valid_from = incoming.valid_from
WHERE
    change.dimension = :dimension
    AND change.source_row > 0
    AND incoming.is_kept
    AND (incoming.outcome = 'loaded' OR incoming.source_row = 0)
ON CONFLICT (run_id, source_row, kind) DO NOTHING
