-- Each of the last days of a source: what came, what usually comes, and whether a file is missing.
SELECT day, files, rows_read, usual_rows, is_missing, is_unusual
FROM eco.source_volume
WHERE source = :source AND day >= :first_day
ORDER BY day
