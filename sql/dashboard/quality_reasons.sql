-- Rejected and held rows of a source by UTC day of upload and by reason.
SELECT
    run.day, run.kind, run.reason, run.column_name,
    sum(run.logged_rows)::bigint AS logged_rows,
    sum(run.open_rows)::bigint AS open_rows
FROM eco.run_reasons AS run
WHERE run.source = :source AND run.day >= :first_day AND run.day < :end_day
GROUP BY run.day, run.kind, run.reason, run.column_name
ORDER BY sum(run.logged_rows) DESC, run.day
