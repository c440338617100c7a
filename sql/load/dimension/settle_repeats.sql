-- A key that the part states more than once for one instant: the last statement counts.
UPDATE incoming_change AS earlier
SET
    is_kept = false,
    outcome = CASE WHEN earlier.attributes IS NOT DISTINCT FROM last.attributes THEN 'unchanged' ELSE 'superseded' END
FROM (
    SELECT DISTINCT ON (natural_key, valid_from) *
    FROM incoming_change
    ORDER BY natural_key, valid_from, source_row DESC
) AS last
WHERE
    earlier.natural_key = last.natural_key
    AND earlier.valid_from = last.valid_from
    AND earlier.source_row < last.source_row
