-- Rows that arrived by UTC day of upload, and what is usual: the median of the same weekday of the weeks before, as far
-- back as files go. NULL where there is no such week yet.
WITH today AS (
    SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date AS day
),

arrived AS (
    SELECT (uploaded_at AT TIME ZONE 'UTC')::date AS day, sum(rows_read) AS rows_read
    FROM eco.pipeline_run
    WHERE uploaded_at >= ((SELECT day FROM today) - cast(:days AS integer) - 7 * cast(:weeks AS integer))::timestamp AT TIME ZONE 'UTC'
    GROUP BY 1
)

SELECT
    shown.day::date AS day,
    coalesce(arrived.rows_read, 0)::bigint AS rows_read,
    (
        SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY coalesce(earlier.rows_read, 0))
        FROM generate_series(1, :weeks) AS week
        LEFT JOIN arrived AS earlier ON earlier.day = shown.day::date - 7 * week
        WHERE shown.day::date - 7 * week >= (SELECT min(day) FROM arrived)
    ) AS usual
FROM today
CROSS JOIN generate_series(today.day - cast(:days AS integer) + 1, today.day, interval '1 day') AS shown (day)
LEFT JOIN arrived ON shown.day::date = arrived.day
ORDER BY shown.day
