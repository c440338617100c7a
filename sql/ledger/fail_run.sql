SELECT eco.fail_run(:run_id, :stage, :reason, :owner)
