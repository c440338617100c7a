-- For this transaction: a part in memory, and as small a sample of it as the planner needs.
SELECT set_config('work_mem', '64MB', true), set_config('default_statistics_target', '10', true)
