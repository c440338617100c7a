-- What names an upload on S3.

SET LOCAL ROLE eco_owner;

ALTER TABLE eco.pipeline_run
ADD COLUMN version text NOT NULL DEFAULT '',
DROP CONSTRAINT pipeline_run_bucket_object_name_generation_key,
ADD UNIQUE (bucket, object_name, generation, version);
COMMENT ON COLUMN eco.pipeline_run.version IS
'What names this upload where generations do not: the version id of S3. The generation still tells which is newer.';

RESET ROLE;
