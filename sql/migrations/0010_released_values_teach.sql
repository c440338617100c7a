-- What people released teaches the anomaly model; held rows are counted by the mistake that would explain them.

SET LOCAL ROLE eco_owner;

CREATE VIEW eco.released_value AS
SELECT
    coalesce(corrected, row) ->> 'product_id' AS product_id,
    (coalesce(corrected, row) ->> 'unit_price')::numeric AS unit_price,
    abs((coalesce(corrected, row) ->> 'quantity')::numeric) AS quantity
FROM eco.quality_log
WHERE kind = 'held' AND review_state = 'loaded';
COMMENT ON VIEW eco.released_value IS
'What people let through of the held sales, without who bought it: what the anomaly model learns from their decisions.';

GRANT SELECT ON eco.released_value TO eco_maintainer, eco_reader, eco_reviewer;

-- Of each run, its rejected rows by their first problem, and its held rows by what is unusual of them: the words of
-- the reason before its first number, and the mistake that would explain it. `open_rows` wait for a person.
CREATE OR REPLACE VIEW eco.run_reasons AS
SELECT
    run.run_id,
    run.source,
    (run.uploaded_at AT TIME ZONE 'UTC')::date AS day,
    logged.kind,
    logged.column_name,
    CASE
        WHEN logged.kind = 'held' THEN concat_ws(
            ': ',
            regexp_replace(logged.reason, '\s*-?[0-9].*$', ''),
            substring(logged.reason FROM '(did the decimal point slip|were they swapped)[?]$')
        )
        ELSE eco.common_reason(logged.reason)
    END AS reason,
    count(*) AS logged_rows,
    count(*) FILTER (WHERE logged.review_state = 'open') AS open_rows
FROM eco.quality_log AS logged
INNER JOIN eco.pipeline_run AS run USING (run_id)
WHERE logged.kind IN ('rejected', 'held')
GROUP BY run.run_id, logged.kind, logged.column_name, 6;

RESET ROLE;
