INSERT INTO eco.run_quality (run_id, rows_valid, duplicate_rows, is_estimate)
VALUES (:run_id, :rows_valid, :duplicate_rows, :is_estimate)
