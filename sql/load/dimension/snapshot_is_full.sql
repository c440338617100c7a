-- A snapshot with a rejected row may have meant to mention more. Its rejected rows are in the log before its last part is.
SELECT NOT EXISTS (SELECT FROM eco.quality_log WHERE run_id = :run_id AND kind = 'rejected')
