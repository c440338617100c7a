-- The first month that has sales, and the newest UTC day with one; NULL where there are none.
-- The first row of a month tells that it has some, so that only the newest month is read.
WITH months AS (
    SELECT
        first_day,
        first_day::timestamp AT TIME ZONE 'UTC' AS since,
        (first_day + interval '1 month') AT TIME ZONE 'UTC' AS until
    FROM eco.sales_partition
    WHERE first_day IS NOT NULL
),

with_sales AS (
    SELECT first_day, since, until
    FROM months
    WHERE EXISTS (
        SELECT FROM eco.fact_sales
        WHERE sale_timestamp >= months.since AND sale_timestamp < months.until
    )
)

SELECT
    (SELECT min(first_day) FROM with_sales) AS first_day,
    (
        SELECT max(sale_date)
        FROM eco.fact_sales
        WHERE
            sale_timestamp >= (SELECT max(since) FROM with_sales)
            AND sale_timestamp < (SELECT max(until) FROM with_sales)
    ) AS last_day
