-- How the given runs went, by source: files, rows of the finished ones, and whether each of these adds up.
SELECT
    coalesce(source, 'none') AS source,
    count(*) AS files,
    count(*) FILTER (WHERE status = 'SUCCESS') AS succeeded,
    count(*) FILTER (WHERE status = 'FAILED') AS failed,
    cast(coalesce(sum(rows_read) FILTER (WHERE status = 'SUCCESS'), 0) AS bigint) AS rows_read,
    cast(coalesce(sum(rows_loaded) FILTER (WHERE status = 'SUCCESS'), 0) AS bigint) AS rows_loaded,
    cast(coalesce(sum(rows_unchanged) FILTER (WHERE status = 'SUCCESS'), 0) AS bigint) AS rows_unchanged,
    cast(coalesce(sum(rows_superseded) FILTER (WHERE status = 'SUCCESS'), 0) AS bigint) AS rows_superseded,
    cast(coalesce(sum(rows_rejected) FILTER (WHERE status = 'SUCCESS'), 0) AS bigint) AS rows_rejected,
    cast(coalesce(sum(rows_held) FILTER (WHERE status = 'SUCCESS'), 0) AS bigint) AS rows_held,
    coalesce(bool_and(balances) FILTER (WHERE status = 'SUCCESS'), true) AS balances
FROM eco.run_accounting
WHERE run_id = any(cast(:run_ids AS uuid []))
GROUP BY 1
ORDER BY 1
