-- Runs without progress for so long that an event of theirs may have been lost.
SELECT run_id, bucket, object_name, generation, version, uploaded_at, size_bytes, validated_at IS NOT NULL AS is_validated
FROM eco.pipeline_run
WHERE status = 'RUNNING' AND heartbeat_at < clock_timestamp() - make_interval(mins => :minutes)
ORDER BY heartbeat_at
