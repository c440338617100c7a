-- What was found becomes an alert, or is seen again.
INSERT INTO eco.alert (kind, subject, what, object_name, advice, seen, first_seen_at, last_seen_at)
SELECT :kind, subject, what, object_name, :advice, seen, seen_at, seen_at FROM incoming_problem
ON CONFLICT (kind, subject) DO UPDATE
SET
    what = excluded.what,
    object_name = excluded.object_name,
    advice = excluded.advice,
    seen = excluded.seen,
    first_seen_at = CASE WHEN alert.closed_at IS NULL THEN alert.first_seen_at ELSE excluded.first_seen_at END,
    last_seen_at = excluded.last_seen_at,
    closed_at = NULL
