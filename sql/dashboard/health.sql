-- The pipeline at a glance: runs by status, the newest file, what failed or hangs, and what waits in the quality log.
-- A file that failed counts for the last hours before the newest run, and only until an upload of it succeeds.
-- Sale lines are what PostgreSQL keeps count of itself: counting the facts would read them all.
WITH runs AS (
    SELECT
        count(*) AS runs,
        count(*) FILTER (WHERE status = 'SUCCESS') AS succeeded,
        count(*) FILTER (WHERE status = 'FAILED') AS failed,
        count(*) FILTER (WHERE status = 'RUNNING') AS running,
        count(*) FILTER (
            WHERE status = 'RUNNING'
            AND heartbeat_at < clock_timestamp() - make_interval(mins => cast(:hang_minutes AS integer))
        ) AS hanging,
        max(started_at) AS newest
    FROM eco.pipeline_run
),

failures AS (
    SELECT count(*) AS failed_lately
    FROM eco.pipeline_run AS failed
    WHERE
        failed.status = 'FAILED'
        AND failed.started_at >= (SELECT newest FROM runs) - make_interval(hours => cast(:window_hours AS integer))
        AND NOT EXISTS (
            SELECT FROM eco.pipeline_run AS repaired
            WHERE
                repaired.bucket = failed.bucket
                AND repaired.object_name = failed.object_name
                AND repaired.generation > failed.generation
                AND repaired.status = 'SUCCESS'
        )
),

newest AS (
    SELECT object_name AS last_file, status AS last_status, started_at AS last_started_at
    FROM eco.pipeline_run
    ORDER BY started_at DESC
    LIMIT 1
),

open_rows AS (
    SELECT
        count(*) FILTER (WHERE kind = 'held') AS held_open,
        count(*) FILTER (WHERE kind = 'rejected') AS rejected_open
    FROM eco.quality_log
    WHERE review_state = 'open'
),

ahead AS (
    SELECT count(*) AS months_ahead
    FROM eco.sales_partition
    WHERE first_day > (clock_timestamp() AT TIME ZONE 'UTC')::date
),

facts AS (
    SELECT cast(coalesce(sum(greatest(n_live_tup, estimated_rows)), 0) AS bigint) AS sale_lines
    FROM eco.sales_partition
    INNER JOIN pg_stat_user_tables ON schemaname = 'eco' AND relname = partition_name
)

SELECT
    runs.runs, runs.succeeded, runs.failed, runs.running, runs.hanging,
    failures.failed_lately,
    newest.last_file, newest.last_status, newest.last_started_at,
    open_rows.held_open, open_rows.rejected_open,
    facts.sale_lines,
    ahead.months_ahead,
    clock_timestamp() AS now
FROM runs
CROSS JOIN failures
CROSS JOIN open_rows
CROSS JOIN facts
CROSS JOIN ahead
LEFT JOIN newest ON true
