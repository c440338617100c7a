-- The oldest message that waits, for one attempt to send it: nobody else takes it while the claim lasts. A claim that
-- was neither given up nor marked as sent is that of an attempt which died, or never learned how it ended.
UPDATE eco.alert_message
SET
    claimed_by = :claimed_by,
    claimed_until = clock_timestamp() + make_interval(mins => :minutes),
    attempts = attempts + 1
WHERE message_id = (
    SELECT message_id
    FROM eco.alert_message
    WHERE
        channel = :channel AND sent_at IS NULL AND (claimed_until IS NULL OR claimed_until < clock_timestamp())
    ORDER BY written_at
    LIMIT 1
    FOR UPDATE SKIP LOCKED
)
RETURNING message_id, title, body, written_at
