-- Whether all parts of a snapshot are in, the one that is being loaded included.
SELECT coalesce(bool_or(closes_snapshot) AND max(part_no) + 1 = count(*), false)
FROM eco.pipeline_part
WHERE run_id = :run_id
