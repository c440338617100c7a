-- For this transaction: a part in memory, as small a sample of it as the planner needs, and hashes where it would sort the
-- part, having too few versions in mind.
SELECT
    set_config('work_mem', '64MB', true),
    set_config('default_statistics_target', '10', true),
    set_config('enable_mergejoin', 'off', true)
