-- What is known of each column of one file.
SELECT
    of_column.column_name, of_column.nulls, of_column.nulls::double precision / nullif(quality.rows_valid, 0) AS share,
    of_column.distinct_values, of_column.is_estimate, of_column.lowest, of_column.highest
FROM eco.run_column_quality AS of_column
INNER JOIN eco.run_quality AS quality ON of_column.run_id = quality.run_id
WHERE of_column.run_id = :run_id
ORDER BY of_column.column_name
