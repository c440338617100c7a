-- When each part of a run was in which stage; what a part waits for its turn counts as the stage that it waits for.
-- Clocks of two machines may differ by a little: no stage ends before it begins.
WITH part AS (
    SELECT
        part_no, run.uploaded_at, run.started_at, part.validated_at, part.scored_at, part.transformed_at, part.loaded_at,
        lag(part.validated_at, 1, run.started_at) OVER (ORDER BY part.part_no) AS read_from
    FROM eco.pipeline_part AS part
    INNER JOIN eco.pipeline_run AS run USING (run_id)
    WHERE run.run_id = :run_id
    ORDER BY part_no
    LIMIT :most_parts
)

SELECT stage.name AS stage, part.part_no, stage.began_at, greatest(stage.began_at, stage.ended_at) AS ended_at
FROM part
CROSS JOIN LATERAL (
    VALUES
    (1, 'validate', part.read_from, part.validated_at),
    (2, 'score', part.validated_at, part.scored_at),
    (3, 'transform', part.scored_at, part.transformed_at),
    (4, 'load', part.transformed_at, part.loaded_at)
) AS stage (position, name, began_at, ended_at)
ORDER BY part.part_no, stage.position
