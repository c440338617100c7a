-- How far a file is that was just sent; no row before `validate` has it.
SELECT
    run.run_id, run.status, run.rows_read, run.rows_loaded, run.rows_unchanged, run.rows_superseded,
    run.rows_rejected, run.rows_held, run.parts_total, run.parts_loaded, run.reason, run.notice, run.failed_stage
FROM eco.pipeline_run AS run
WHERE run.run_id = :run_id
