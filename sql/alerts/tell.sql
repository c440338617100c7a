-- Puts into a message what stands and was not told to the channel, or was told long ago and was seen since: unless a
-- message about that kind is on its way or was sent lately.
INSERT INTO eco.alert_told (alert_id, channel, message_id, seen_at)
SELECT alert.alert_id, :channel, :message_id, alert.last_seen_at
FROM eco.alert
LEFT JOIN eco.alert_told AS told ON told.alert_id = alert.alert_id AND told.channel = :channel
WHERE
    alert.kind = :kind
    AND alert.closed_at IS NULL
    AND (
        told.alert_id IS NULL
        OR (
            alert.last_seen_at > told.seen_at
            AND told.told_at <= CAST(:now AS timestamptz) - make_interval(hours => :repeat_hours)
        )
    )
    AND NOT EXISTS (
        SELECT FROM eco.alert_message
        WHERE
            channel = :channel
            AND kind = :kind
            AND (
                sent_at IS NULL
                OR sent_at > CAST(:now AS timestamptz) - make_interval(mins => :group_minutes)
            )
    )
ON CONFLICT (alert_id, channel) DO UPDATE
SET message_id = excluded.message_id, told_at = clock_timestamp(), seen_at = excluded.seen_at
