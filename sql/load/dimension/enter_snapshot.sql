INSERT INTO eco.dimension_snapshot (run_id, dimension, valid_from)
VALUES (:run_id, :dimension, :uploaded_at)
