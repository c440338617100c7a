-- What a message is about, the newest first.
SELECT alert.what, alert.object_name, alert.seen, alert.first_seen_at, alert.last_seen_at
FROM eco.alert_told AS told
INNER JOIN eco.alert USING (alert_id)
WHERE told.message_id = :message_id
ORDER BY alert.last_seen_at DESC, alert.alert_id DESC
LIMIT :most
