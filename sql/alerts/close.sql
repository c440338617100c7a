-- What was not found any more is over.
UPDATE eco.alert
SET closed_at = clock_timestamp()
WHERE kind = :kind AND closed_at IS NULL AND subject NOT IN (SELECT subject FROM incoming_problem)
