-- The first and the newest UTC day with an upload of a source; NULL where there is none.
SELECT
    (min(uploaded_at) AT TIME ZONE 'UTC')::date AS first_day,
    (max(uploaded_at) AT TIME ZONE 'UTC')::date AS last_day
FROM eco.pipeline_run
WHERE source = :source
