-- Months that end before the oldest one to keep.
SELECT first_day
FROM eco.sales_partition
WHERE first_day < :oldest_kept
ORDER BY first_day
