-- Rejected and held rows by UTC day of upload and by reason, of the newest files of a source within some days: reading
-- reasons costs more than counting rows, so that there is a limit to it. Which row is repeated is no part of a reason.
WITH newest AS (
    SELECT run_id
    FROM eco.pipeline_run
    WHERE
        source = :source
        AND uploaded_at >= cast(:first_day AS timestamp) AT TIME ZONE 'UTC'
        AND uploaded_at < cast(:end_day AS timestamp) AT TIME ZONE 'UTC'
    ORDER BY uploaded_at DESC, run_id
    LIMIT :most
)

SELECT
    run.day, run.kind, regexp_replace(run.reason, '^(the row repeats) row [0-9]+$', '\1 another') AS reason, run.column_name,
    sum(run.logged_rows)::bigint AS logged_rows,
    sum(run.open_rows)::bigint AS open_rows
FROM newest
-- Apart (OFFSET 0), run by run by the log's index: joined, it would be read as a whole.
CROSS JOIN LATERAL (
    SELECT day, kind, reason, column_name, logged_rows, open_rows
    FROM eco.run_reasons
    WHERE run_id = newest.run_id
    OFFSET 0
) AS run
GROUP BY 1, 2, 3, 4
ORDER BY sum(run.logged_rows) DESC, run.day
