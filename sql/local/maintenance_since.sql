-- What maintain has done since an instant.
SELECT
    task,
    target,
    outcome,
    detail
FROM eco.maintenance_log
WHERE logged_at >= :since
ORDER BY maintenance_id
