INSERT INTO eco.pipeline_part (run_id, part_no, rows_held, rows_loaded, validated_at, scored_at, transformed_at, loaded_at)
SELECT
    run_id, 0, 0, rows_loaded, validated_at, validated_at + interval '1 s', validated_at + interval '2 s', finished_at
FROM eco.pipeline_run
