-- What maintenance did lately.
SELECT logged_at, task, target, outcome, detail
FROM eco.maintenance_log
ORDER BY logged_at DESC
LIMIT :newest
