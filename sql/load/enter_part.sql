-- Enter a part before its rows; no row comes back where it is in already. A second delivery of the same part that
-- runs at the same time waits here for the first to commit.
INSERT INTO eco.pipeline_part (
    run_id, part_no, model_version, rows_held, validated_at, scored_at, transformed_at, closes_snapshot
)
VALUES (
    :run_id, :part_no, :model_version, :rows_held, :validated_at, :scored_at, :transformed_at, :closes_snapshot
)
ON CONFLICT (run_id, part_no) DO NOTHING
RETURNING part_no
