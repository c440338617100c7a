-- What a part brought, added to its run.
UPDATE eco.pipeline_run
SET
    parts_loaded = parts_loaded + 1,
    rows_held = rows_held + :rows_held,
    rows_loaded = rows_loaded + :rows_loaded,
    rows_unchanged = rows_unchanged + :rows_unchanged,
    rows_superseded = rows_superseded + :rows_superseded,
    rows_rejected = rows_rejected + :rows_rejected,
    heartbeat_at = clock_timestamp()
WHERE run_id = :run_id
