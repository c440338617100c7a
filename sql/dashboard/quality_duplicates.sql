-- What the newest files of a source within some days of upload said twice, file by file. Rows that were not loaded again
-- for it, none of them in two columns: said before and unchanged, said anew by a later file, rejected as the repeat of a
-- row of the file, and held though a row that says the same was held already, in one of these files.
WITH newest AS (
    SELECT
        run_id, object_name, uploaded_at, (uploaded_at AT TIME ZONE 'UTC')::date AS day,
        rows_read, rows_unchanged, rows_superseded
    FROM eco.pipeline_run
    WHERE
        source = :source
        AND uploaded_at >= cast(:first_day AS timestamp) AT TIME ZONE 'UTC'
        AND uploaded_at < cast(:end_day AS timestamp) AT TIME ZONE 'UTC'
    ORDER BY uploaded_at DESC, run_id
    LIMIT :most
),

logged AS (
    SELECT
        entry.run_id,
        entry.kind,
        -- By hash: to compare the rows themselves takes many times as long.
        row_number() OVER (
            PARTITION BY entry.kind, jsonb_hash_extended(entry.row, 0)
            ORDER BY newest.uploaded_at, newest.run_id, entry.source_row
        ) > 1 AS is_said_before
    FROM newest
    INNER JOIN eco.quality_log AS entry ON newest.run_id = entry.run_id
    WHERE
        entry.kind = 'held'
        OR (entry.kind = 'rejected' AND entry.column_name IS NULL AND entry.reason LIKE 'the row repeats row %')
),

repeated AS (
    SELECT
        run_id,
        count(*) FILTER (WHERE kind = 'rejected') AS repeats_rejected,
        count(*) FILTER (WHERE kind = 'held' AND is_said_before) AS held_again
    FROM logged
    GROUP BY run_id
)

SELECT
    newest.run_id, newest.object_name, newest.uploaded_at, newest.day, newest.rows_read,
    newest.rows_unchanged, newest.rows_superseded,
    coalesce(repeated.repeats_rejected, 0) AS repeats_rejected,
    coalesce(repeated.held_again, 0) AS held_again,
    quality.rows_valid, quality.duplicate_rows, quality.is_estimate
FROM newest
LEFT JOIN repeated ON newest.run_id = repeated.run_id
LEFT JOIN eco.run_quality AS quality ON newest.run_id = quality.run_id
ORDER BY newest.uploaded_at DESC, newest.run_id
