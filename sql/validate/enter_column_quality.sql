INSERT INTO eco.run_column_quality (run_id, column_name, nulls, distinct_values, is_estimate, lowest, highest)
VALUES (:run_id, :column_name, :nulls, :distinct_values, :is_estimate, :lowest, :highest)
