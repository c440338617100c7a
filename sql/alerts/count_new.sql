-- Of what was found, how many are no alerts yet, or were over.
SELECT count(*)
FROM incoming_problem AS incoming
WHERE
    NOT EXISTS (
        SELECT FROM eco.alert
        WHERE alert.kind = :kind AND alert.subject = incoming.subject AND alert.closed_at IS NULL
    )
