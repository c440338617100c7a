-- The months that are away, and where they are.
SELECT first_day, object_name, sale_lines
FROM eco.sales_archive
WHERE restored_at IS NULL
ORDER BY first_day
