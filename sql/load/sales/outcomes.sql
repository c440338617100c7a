SELECT
    count(*) FILTER (WHERE outcome = 'loaded') AS rows_loaded,
    count(*) FILTER (WHERE outcome = 'unchanged') AS rows_unchanged,
    count(*) FILTER (WHERE outcome = 'superseded') AS rows_superseded,
    count(*) FILTER (WHERE is_kept) AS rows_kept
FROM incoming_sale
