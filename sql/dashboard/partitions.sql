-- Partitions of the sales, newest first. Rows are what PostgreSQL keeps count of itself: counting would read them all.
SELECT
    part.first_day,
    part.partition_name,
    greatest(part.estimated_rows, coalesce(stat.n_live_tup, 0)) AS estimated_rows,
    part.size_bytes,
    ((clock_timestamp() AT TIME ZONE 'UTC')::date - part.first_day)::integer AS age_days,
    CASE
        WHEN part.first_day IS NULL THEN 'safety net'
        WHEN part.first_day > (clock_timestamp() AT TIME ZONE 'UTC')::date THEN 'ahead'
        WHEN part.first_day = date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC')::date THEN 'this month'
        ELSE 'past'
    END AS state
FROM eco.sales_partition AS part
LEFT JOIN pg_stat_user_tables AS stat ON stat.schemaname = 'eco' AND stat.relname = part.partition_name
ORDER BY part.first_day DESC NULLS LAST
