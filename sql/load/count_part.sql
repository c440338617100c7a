UPDATE eco.pipeline_part
SET
    rows_loaded = :rows_loaded, rows_unchanged = :rows_unchanged, rows_superseded = :rows_superseded,
    rows_rejected = :rows_rejected, loaded_at = clock_timestamp()
WHERE run_id = :run_id AND part_no = :part_no
