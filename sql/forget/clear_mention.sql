-- What snapshots of customers say, which is kept while rows of theirs may be released.
UPDATE eco.snapshot_mention AS mention
SET attributes = '{}'
FROM eco.pipeline_run AS run
WHERE
    mention.run_id = run.run_id
    AND run.source = ANY(CAST(:sources AS text []))
    AND mention.natural_key = :customer_id
