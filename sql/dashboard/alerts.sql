-- The alerts that stand, the newest first.
SELECT kind, object_name, what, advice, seen, first_seen_at, last_seen_at
FROM eco.alert
WHERE closed_at IS NULL
ORDER BY last_seen_at DESC, alert_id DESC
LIMIT :most
