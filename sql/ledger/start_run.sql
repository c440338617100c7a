-- Enter a run; a repeated delivery of the same generation finds it there.
INSERT INTO eco.pipeline_run (run_id, bucket, object_name, generation, version, uploaded_at, size_bytes)
VALUES (:run_id, :bucket, :object_name, :generation, :version, :uploaded_at, :size_bytes)
ON CONFLICT (run_id) DO NOTHING
