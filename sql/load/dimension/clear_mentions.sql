DELETE FROM eco.snapshot_mention WHERE run_id = :run_id
