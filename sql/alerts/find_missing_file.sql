-- Days without a file, of the last three whole ones (UTC).
INSERT INTO incoming_problem (subject, object_name, what, seen, seen_at)
SELECT
    format('%s %s', source, day),
    NULL,
    format(
        'No file of %s came on %s, a %s; on that weekday one came in %s of %s weeks before.',
        source, day, to_char(day, 'FMDay'), weeks_with_files, weeks
    ),
    1,
    (day + 1)::timestamp AT TIME ZONE 'UTC'
FROM eco.missing_day
WHERE day >= CAST(:today AS date) - 3 AND day < CAST(:today AS date)
