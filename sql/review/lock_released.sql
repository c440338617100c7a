-- Of these rows, those that are still released by the same decision and that no other load has in hand.
SELECT entry.quality_id
FROM eco.quality_log AS entry
INNER JOIN unnest(CAST(:quality_ids AS bigint []), CAST(:reviewed_at AS timestamptz [])) AS seen (quality_id, reviewed_at)
    ON entry.quality_id = seen.quality_id AND entry.reviewed_at = seen.reviewed_at
WHERE entry.review_state = 'released'
ORDER BY entry.quality_id
FOR UPDATE OF entry SKIP LOCKED
