-- Schema drift is recorded on the run.

SET LOCAL ROLE eco_owner;

ALTER TABLE eco.pipeline_run
ADD COLUMN drift jsonb;

COMMENT ON COLUMN eco.pipeline_run.drift IS
'Columns of the file that are new, missing or of another type than its contract says; NULL where there are none.';

RESET ROLE;
