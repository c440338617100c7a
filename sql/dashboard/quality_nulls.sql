-- The share of nulls in each column, file by file, of the newest files of a source within some days of upload.
WITH newest AS (
    SELECT run.run_id, run.object_name, run.uploaded_at, quality.rows_valid
    FROM eco.pipeline_run AS run
    INNER JOIN eco.run_quality AS quality ON run.run_id = quality.run_id
    WHERE
        run.source = :source AND quality.rows_valid > 0
        AND run.uploaded_at >= cast(:first_day AS timestamp) AT TIME ZONE 'UTC'
        AND run.uploaded_at < cast(:end_day AS timestamp) AT TIME ZONE 'UTC'
    ORDER BY run.uploaded_at DESC, run.run_id
    LIMIT :most
)

SELECT
    newest.run_id, newest.object_name, newest.uploaded_at, of_column.column_name,
    of_column.nulls, newest.rows_valid, of_column.nulls::double precision / newest.rows_valid AS share
FROM newest
INNER JOIN eco.run_column_quality AS of_column ON newest.run_id = of_column.run_id
ORDER BY newest.uploaded_at, newest.run_id, of_column.column_name
