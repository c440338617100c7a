-- Not before a source has been there for so long: until then, each part is its own baseline.
SELECT
    EXISTS (
        SELECT FROM eco.pipeline_run
        WHERE status = 'SUCCESS' AND finished_at <= clock_timestamp() - make_interval(hours => cast(:hours AS integer))
    )
    AND NOT EXISTS (
        SELECT FROM eco.maintenance_log
        WHERE
            task = 'train' AND outcome <> 'failed'
            AND logged_at > clock_timestamp() - make_interval(hours => cast(:hours AS integer))
    )
