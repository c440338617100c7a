-- A run whose file was read to its end and whose parts are all in has succeeded; its constraints check that.
-- One that maintain gave up as hanging succeeds late: giving up was a judgement, this is the fact.
UPDATE eco.pipeline_run
SET status = 'SUCCESS', finished_at = clock_timestamp(), failed_stage = NULL, reason = NULL
WHERE run_id = :run_id AND status <> 'SUCCESS' AND validated_at IS NOT NULL AND parts_loaded = parts_total
