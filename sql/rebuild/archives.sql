-- Months that retention took away, and when they were brought back.
SELECT object_name, first_day, sale_lines, archived_at, restored_at
FROM eco.sales_archive
ORDER BY archived_at
