-- Whether the tables can be read at all.
SELECT count(*) FROM (SELECT FROM eco.pipeline_run LIMIT 1) AS any_run
