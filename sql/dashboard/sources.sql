-- The sources that have sent files; a file that no contract matches has none.
SELECT DISTINCT coalesce(source, :no_source) AS source
FROM eco.pipeline_run
ORDER BY 1
