-- It was not sent. Where that is certain the next attempt need not wait; in doubt, it waits until the claim lapses.
UPDATE eco.alert_message
SET last_error = :error, claimed_until = CASE WHEN :in_doubt THEN claimed_until END
WHERE message_id = :message_id AND claimed_by = :claimed_by
