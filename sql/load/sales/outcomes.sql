SELECT
    count(*) FILTER (WHERE outcome = 'loaded') AS rows_loaded,
    count(*) FILTER (WHERE outcome = 'unchanged') AS rows_unchanged,
    count(*) FILTER (WHERE outcome = 'superseded') AS rows_superseded,
    count(*) FILTER (WHERE is_kept AND NOT is_void) AS lines_kept,
    count(*) FILTER (WHERE is_kept AND is_void) AS voids_kept
FROM incoming_sale
