-- No row where somebody else brought the month back in the meantime.
UPDATE eco.sales_archive
SET restored_at = clock_timestamp()
WHERE object_name = :object_name AND restored_at IS NULL
