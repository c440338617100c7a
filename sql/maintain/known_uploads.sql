-- Of these runs, the ones that the ledger knows.
SELECT run_id FROM eco.pipeline_run WHERE run_id = ANY(CAST(:run_ids AS uuid []))
