-- Months that retention took out of the warehouse, and those that were brought back.
SELECT first_day, sale_lines, archived_at, restored_at, object_name
FROM eco.sales_archive
ORDER BY first_day DESC, archived_at DESC
