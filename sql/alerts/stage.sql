CREATE TEMPORARY TABLE incoming_problem (
    subject text, object_name text, what text, seen bigint, seen_at timestamptz
) ON COMMIT DROP
