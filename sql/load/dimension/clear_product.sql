-- Ranges that change are emptied first, since no moment between may hold two overlapping versions.
UPDATE eco.dim_product AS version
SET valid_to = version.valid_from, is_current = false
WHERE
    version.product_id IN (SELECT natural_key FROM timeline)
    AND NOT EXISTS (
        SELECT FROM timeline
        WHERE
            timeline.natural_key = version.product_id
            AND timeline.valid_from = version.valid_from
            AND timeline.valid_to = version.valid_to
    )
