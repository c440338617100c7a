-- Parts count from 0, without gaps once all are in.
SELECT
    count(*) AS checked,
    count(*) FILTER (WHERE is_wrong) AS violated,
    min('run ' || run_id) FILTER (WHERE is_wrong) AS example
FROM (
    SELECT
        run.run_id,
        min(part.part_no) < 0
        OR max(part.part_no) >= run.parts_total
        OR count(*) <> count(DISTINCT part.part_no)
        OR (run.status = 'SUCCESS' AND max(part.part_no) + 1 <> count(*)) AS is_wrong
    FROM eco.pipeline_run AS run
    INNER JOIN eco.pipeline_part AS part ON run.run_id = part.run_id
    GROUP BY run.run_id
) AS judged
