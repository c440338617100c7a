-- Rows that a person released a while ago, and that could have been loaded since.
SELECT count(*)
FROM eco.quality_log AS entry
INNER JOIN eco.pipeline_run AS run ON entry.run_id = run.run_id
WHERE
    entry.review_state = 'released'
    AND run.status <> 'RUNNING'
    AND entry.reviewed_at < clock_timestamp() - make_interval(mins => :minutes)
