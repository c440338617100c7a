INSERT INTO incoming_problem (subject, object_name, what, seen, seen_at)
VALUES (:subject, :object_name, :what, :seen, :seen_at)
