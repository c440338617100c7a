-- The released rows that were merged are in; what became of each is known by its row in the file.
UPDATE eco.quality_log AS entry
SET review_state = 'loaded', review_outcome = incoming.outcome, review_loaded_at = now()
FROM incoming_change AS incoming
WHERE entry.quality_id = ANY(CAST(:quality_ids AS bigint [])) AND entry.source_row = incoming.source_row
