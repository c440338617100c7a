SELECT
    count(*) FILTER (WHERE outcome = 'loaded') AS rows_loaded,
    count(*) FILTER (WHERE outcome = 'unchanged') AS rows_unchanged,
    count(*) FILTER (WHERE outcome = 'superseded') AS rows_superseded
FROM incoming_change
WHERE source_row > 0
