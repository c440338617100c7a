INSERT INTO eco.maintenance_log (task, target, outcome, detail)
VALUES (:task, :target, :outcome, :detail)
