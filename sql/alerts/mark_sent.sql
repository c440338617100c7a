UPDATE eco.alert_message
SET sent_at = clock_timestamp(), claimed_until = NULL, last_error = NULL
WHERE message_id = :message_id AND claimed_by = :claimed_by
