-- The alerts that stand, the newest first, and what each channel was told of them.
SELECT
    alert.kind, alert.what, alert.object_name, alert.advice, alert.seen, alert.first_seen_at, alert.last_seen_at,
    (
        SELECT
            string_agg(
                CASE
                    WHEN message.sent_at IS NOT NULL
                        THEN format('%s %s', told.channel, to_char(message.sent_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'))
                    ELSE format('%s waits: %s', told.channel, coalesce(message.last_error, 'on its way'))
                END,
                '; ' ORDER BY told.channel
            )
        FROM eco.alert_told AS told
        INNER JOIN eco.alert_message AS message USING (message_id)
        WHERE told.alert_id = alert.alert_id
    ) AS told
FROM eco.alert
WHERE alert.closed_at IS NULL
ORDER BY alert.last_seen_at DESC, alert.alert_id DESC
