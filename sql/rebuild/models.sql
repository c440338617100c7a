-- By which anomaly model each part was scored.
SELECT run_id, part_no, model_version
FROM eco.pipeline_part
WHERE model_version IS NOT NULL
