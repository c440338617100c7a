-- How the columns of the file differ from those of its contract; nothing where they do not.
UPDATE eco.pipeline_run
SET drift = nullif(CAST(:drift AS jsonb), '{}')
WHERE run_id = :run_id AND owner = :owner
