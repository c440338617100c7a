-- Of runs in progress and of failed ones too: a part and its count come in by one transaction. What validation rejected
-- is added when the whole file is read. What was released and loaded later moved from one count to another.
WITH sum_of AS (
    SELECT
        run_id,
        count(*) AS parts,
        sum(rows_loaded) AS loaded,
        sum(rows_unchanged) AS unchanged,
        sum(rows_superseded) AS superseded,
        sum(rows_held) AS held,
        sum(rows_rejected) AS rejected
    FROM eco.pipeline_part
    GROUP BY run_id
),

reviewed AS (
    SELECT
        run_id,
        count(*) FILTER (WHERE review_outcome = 'loaded') AS loaded,
        count(*) FILTER (WHERE review_outcome = 'unchanged') AS unchanged,
        count(*) FILTER (WHERE review_outcome = 'superseded') AS superseded,
        count(*) FILTER (WHERE kind = 'held') AS held,
        count(*) FILTER (WHERE kind = 'rejected') AS rejected
    FROM eco.quality_log
    WHERE review_state = 'loaded'
    GROUP BY run_id
)

SELECT
    count(*) AS checked,
    count(*) FILTER (WHERE is_wrong) AS violated,
    min('run ' || run_id) FILTER (WHERE is_wrong) AS example
FROM (
    SELECT
        run_id,
        run.parts_loaded <> coalesce(sum_of.parts, 0)
        OR run.rows_loaded <> coalesce(sum_of.loaded, 0) + coalesce(reviewed.loaded, 0)
        OR run.rows_unchanged <> coalesce(sum_of.unchanged, 0) + coalesce(reviewed.unchanged, 0)
        OR run.rows_superseded <> coalesce(sum_of.superseded, 0) + coalesce(reviewed.superseded, 0)
        OR run.rows_held <> coalesce(sum_of.held, 0) - coalesce(reviewed.held, 0)
        OR run.rows_rejected < coalesce(sum_of.rejected, 0) - coalesce(reviewed.rejected, 0)
        OR (run.validated_at IS NULL AND run.rows_rejected > coalesce(sum_of.rejected, 0)) AS is_wrong
    FROM eco.pipeline_run AS run
    LEFT JOIN sum_of USING (run_id)
    LEFT JOIN reviewed USING (run_id)
) AS judged
