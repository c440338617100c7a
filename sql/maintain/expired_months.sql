-- Months that end before the oldest one to keep, apart from those that were brought back not long ago.
SELECT first_day
FROM eco.sales_partition AS there
WHERE
    first_day < :oldest_kept
    AND NOT EXISTS (
        SELECT FROM eco.sales_archive AS archive
        WHERE archive.first_day = there.first_day AND archive.restored_at >= :restored_since
    )
ORDER BY first_day
