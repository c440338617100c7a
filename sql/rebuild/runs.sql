-- What the ledger knows of each upload: whether anything of it is in the warehouse, when it ended, and where its parts
-- were cut, since that decides with which rows a sale was compared.
SELECT
    run_id, object_name, generation, status = 'RUNNING' AS is_running, finished_at, part_rows,
    parts_loaded > 0 OR rows_rejected > 0 AS left_something
FROM eco.pipeline_run
ORDER BY object_name, generation
