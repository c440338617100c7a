-- Sums by month and country, made when a month is at rest: what they cost, no load pays. And what each source sends, by
-- day, at a cost that does not grow with the square of its days.
SET LOCAL ROLE eco_owner;

-- They are of no use while a month is written to, so that a load does not make them: it takes those of its months away,
-- and maintenance makes them anew. A month has all of its sums here or none.
CREATE TABLE eco.monthly_country_sales (
    first_day date NOT NULL,
    country text,
    product_key bigint NOT NULL,
    currency text NOT NULL,
    sale_lines bigint NOT NULL,
    units bigint NOT NULL,
    net_amount numeric NOT NULL,
    carbon_savings_kg numeric,
    lines_with_footprint bigint NOT NULL
);
CREATE UNIQUE INDEX monthly_country_sales_once
ON eco.monthly_country_sales (first_day, country, product_key, currency) NULLS NOT DISTINCT;

-- Makes the sums of a month by country. Under the lock under which a load takes them away: whoever comes second sees
-- what the first one has done.
CREATE FUNCTION eco.sum_month_by_country(first_day date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = eco, pg_temp AS $$
DECLARE
    since timestamptz := first_day::timestamp AT TIME ZONE 'UTC';
    until timestamptz := (first_day::timestamp + interval '1 month') AT TIME ZONE 'UTC';
    made bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('eco.monthly_product_sales'), eco.sales_month(first_day::timestamptz));
    DELETE FROM eco.monthly_country_sales AS sums WHERE sums.first_day = sum_month_by_country.first_day;
    INSERT INTO eco.monthly_country_sales
    SELECT
        sum_month_by_country.first_day, sale.country, sale.product_key, sale.currency, count(*), sum(sale.quantity),
        sum(sale.net_amount), sum(sale.carbon_savings_kg), count(sale.carbon_savings_kg)
    FROM eco.fact_sales AS sale
    WHERE sale.sale_timestamp >= since AND sale.sale_timestamp < until
    GROUP BY sale.country, sale.product_key, sale.currency;
    GET DIAGNOSTICS made = ROW_COUNT;
    RETURN made;
END
$$;

-- As before, and takes the sums by country away.
CREATE OR REPLACE FUNCTION eco.roll_up_sales(days date[]) RETURNS void
LANGUAGE plpgsql SET search_path = eco, pg_temp AS $$
DECLARE
    since timestamptz := (SELECT min(day) FROM unnest(days) AS day)::timestamp AT TIME ZONE 'UTC';
    until timestamptz := ((SELECT max(day) FROM unnest(days) AS day) + 1)::timestamp AT TIME ZONE 'UTC';
    months date[] := ARRAY(SELECT DISTINCT date_trunc('month', day::timestamp)::date FROM unnest(days) AS day ORDER BY 1);
    month date;
BEGIN
    DELETE FROM eco.daily_sales WHERE sale_date = ANY(days);
    DELETE FROM eco.daily_product_sales WHERE sale_date = ANY(days);
    INSERT INTO eco.daily_sales
    SELECT
        sale.sale_date, sale.currency, sale.country, customer.loyalty_tier, count(*), sum(sale.quantity),
        sum(sale.net_amount), sum(sale.carbon_savings_kg), count(sale.carbon_savings_kg)
    FROM eco.fact_sales AS sale
    LEFT JOIN eco.dim_customer AS customer ON sale.customer_key = customer.customer_key
    WHERE sale.sale_date = ANY(days) AND sale.sale_timestamp >= since AND sale.sale_timestamp < until
    GROUP BY sale.sale_date, sale.currency, sale.country, customer.loyalty_tier;
    INSERT INTO eco.daily_product_sales
    SELECT
        sale.sale_date, sale.product_key, sale.currency, count(*), sum(sale.quantity),
        sum(sale.net_amount), sum(sale.carbon_savings_kg), count(sale.carbon_savings_kg)
    FROM eco.fact_sales AS sale
    WHERE sale.sale_date = ANY(days) AND sale.sale_timestamp >= since AND sale.sale_timestamp < until
    GROUP BY sale.sale_date, sale.product_key, sale.currency;
    -- Loads of other days of these months wait here, the last lock that a load takes; whoever comes later reads the days
    -- of whoever came before. In order, so that no two wait for each other.
    FOREACH month IN ARRAY months LOOP
        PERFORM pg_advisory_xact_lock(hashtext('eco.monthly_product_sales'), eco.sales_month(month::timestamptz));
    END LOOP;
    DELETE FROM eco.monthly_country_sales WHERE first_day = ANY(months);
    DELETE FROM eco.monthly_product_sales WHERE first_day = ANY(months);
    INSERT INTO eco.monthly_product_sales
    SELECT
        touched.first_day, sums.product_key, sums.currency, sum(sums.sale_lines), sum(sums.units),
        sum(sums.net_amount), sum(sums.carbon_savings_kg), sum(sums.lines_with_footprint)
    FROM unnest(months) AS touched (first_day)
    INNER JOIN eco.daily_product_sales AS sums
        ON sums.sale_date >= touched.first_day AND sums.sale_date < touched.first_day + interval '1 month'
    GROUP BY touched.first_day, sums.product_key, sums.currency;
END
$$;

-- What was sold by product in a period: of all countries from the sums, of whole months from those of the month and of
-- the days at its ends from those of the day; of some countries from the sums of the months that have some, and from
-- the facts of the days at its ends and of the other months. Branches that have nothing to say are never executed.
CREATE OR REPLACE FUNCTION eco.product_sales(first_day date, end_day date, countries text[]) RETURNS TABLE (
    product_key bigint, currency text, sale_lines bigint, units bigint, net_amount numeric,
    carbon_savings_kg numeric, lines_with_footprint bigint
)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT
        sums.product_key, sums.currency, sums.sale_lines, sums.units, sums.net_amount, sums.carbon_savings_kg,
        sums.lines_with_footprint
    FROM eco.monthly_product_sales AS sums
    WHERE
        cardinality(countries) = 0
        AND sums.first_day >= product_sales.first_day AND sums.first_day < date_trunc('month', end_day::timestamp)
    UNION ALL
    SELECT
        sums.product_key, sums.currency, sums.sale_lines, sums.units, sums.net_amount, sums.carbon_savings_kg,
        sums.lines_with_footprint
    FROM eco.daily_product_sales AS sums
    WHERE
        cardinality(countries) = 0 AND sums.sale_date >= first_day AND sums.sale_date < end_day
        AND (
            sums.sale_date < date_trunc('month', first_day::timestamp - interval '1 day') + interval '1 month'
            OR sums.sale_date >= date_trunc('month', end_day::timestamp)
        )
    UNION ALL
    SELECT
        sums.product_key, sums.currency, sums.sale_lines, sums.units, sums.net_amount, sums.carbon_savings_kg,
        sums.lines_with_footprint
    FROM eco.monthly_country_sales AS sums
    WHERE
        sums.country = ANY(countries)
        AND sums.first_day >= product_sales.first_day AND sums.first_day < date_trunc('month', end_day::timestamp)
    UNION ALL
    SELECT
        sale.product_key, sale.currency, count(*), sum(sale.quantity), sum(sale.net_amount),
        sum(sale.carbon_savings_kg), count(sale.carbon_savings_kg)
    FROM eco.fact_sales AS sale
    WHERE
        cardinality(countries) > 0 AND sale.country = ANY(countries)
        AND sale.sale_timestamp >= first_day::timestamp AT TIME ZONE 'UTC'
        AND sale.sale_timestamp < least(
            date_trunc('month', first_day::timestamp - interval '1 day') + interval '1 month', end_day::timestamp
        ) AT TIME ZONE 'UTC'
    GROUP BY sale.product_key, sale.currency
    UNION ALL
    SELECT
        sale.product_key, sale.currency, count(*), sum(sale.quantity), sum(sale.net_amount),
        sum(sale.carbon_savings_kg), count(sale.carbon_savings_kg)
    FROM eco.fact_sales AS sale
    WHERE
        cardinality(countries) > 0 AND sale.country = ANY(countries)
        AND sale.sale_timestamp >= greatest(
            date_trunc('month', first_day::timestamp - interval '1 day') + interval '1 month',
            date_trunc('month', end_day::timestamp)
        ) AT TIME ZONE 'UTC'
        AND sale.sale_timestamp < end_day::timestamp AT TIME ZONE 'UTC'
    GROUP BY sale.product_key, sale.currency
    UNION ALL
    -- Grouped month by month: so the bounds are known when the partitions are opened, and only one of them is.
    SELECT
        sold.product_key, sold.currency, sold.sale_lines, sold.units, sold.net_amount, sold.carbon_savings_kg,
        sold.lines_with_footprint
    FROM generate_series(
        date_trunc('month', first_day::timestamp - interval '1 day') + interval '1 month',
        date_trunc('month', end_day::timestamp) - interval '1 month',
        interval '1 month'
    ) AS month
    CROSS JOIN LATERAL (
        SELECT
            sale.product_key, sale.currency, count(*) AS sale_lines, sum(sale.quantity) AS units,
            sum(sale.net_amount) AS net_amount, sum(sale.carbon_savings_kg) AS carbon_savings_kg,
            count(sale.carbon_savings_kg) AS lines_with_footprint
        FROM eco.fact_sales AS sale
        WHERE
            sale.sale_timestamp >= month AT TIME ZONE 'UTC' AND sale.country = ANY(countries)
            AND sale.sale_timestamp < (month + interval '1 month') AT TIME ZONE 'UTC'
        GROUP BY sale.product_key, sale.currency
    ) AS sold
    WHERE
        cardinality(countries) > 0
        AND NOT EXISTS (SELECT FROM eco.monthly_country_sales AS sums WHERE sums.first_day = month::date);
END;

CREATE OR REPLACE FUNCTION eco.drop_sales_partition(first_day date, archive_name text, archived_lines bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = eco, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    partition_name text := 'fact_sales_' || to_char(first_day, 'YYYY_MM');
    lines_there bigint;
BEGIN
    EXECUTE format('LOCK TABLE eco.%I IN SHARE MODE', partition_name);
    EXECUTE format('SELECT count(*) FROM eco.%I', partition_name) INTO lines_there;
    IF lines_there <> archived_lines THEN
        RAISE EXCEPTION '% holds % rows, but % were archived: it is kept', partition_name, lines_there, archived_lines;
    END IF;
    -- The whole before its part, as readers take them: the other way round, one of the two would be a deadlock's victim.
    LOCK TABLE ONLY eco.fact_sales IN ACCESS EXCLUSIVE MODE;
    -- Not CONCURRENTLY, which a table with a default partition does not allow.
    EXECUTE format('ALTER TABLE eco.fact_sales DETACH PARTITION eco.%I', partition_name);
    EXECUTE format('DROP TABLE eco.%I', partition_name);
    DELETE FROM eco.daily_sales WHERE sale_date >= first_day AND sale_date < first_day + interval '1 month';
    DELETE FROM eco.daily_product_sales WHERE sale_date >= first_day AND sale_date < first_day + interval '1 month';
    DELETE FROM eco.monthly_product_sales AS sums WHERE sums.first_day = drop_sales_partition.first_day;
    DELETE FROM eco.monthly_country_sales AS sums WHERE sums.first_day = drop_sales_partition.first_day;
    INSERT INTO eco.sales_archive (object_name, first_day, sale_lines)
    VALUES (archive_name, drop_sales_partition.first_day, archived_lines);
END
$$;

REVOKE ALL ON FUNCTION eco.sum_month_by_country FROM PUBLIC;
GRANT EXECUTE ON FUNCTION eco.sum_month_by_country TO eco_maintainer;
GRANT SELECT, DELETE ON eco.monthly_country_sales TO eco_loader;
GRANT SELECT ON eco.monthly_product_sales, eco.monthly_country_sales TO eco_maintainer;
GRANT SELECT ON eco.monthly_country_sales TO eco_reader, eco_reviewer;

-- Each day (UTC) from a source's first file to today, beside the same weekday of the eight weeks before, which never
-- contain the day itself. Nothing is judged by fewer than four weeks. The scale of what is usual is the median absolute
-- deviation, made comparable to a standard deviation, and never less than a tenth of the median: the rule for a source
-- whose files are all of one size.
CREATE OR REPLACE VIEW eco.source_volume AS
WITH delivered AS (
    SELECT
        source,
        (uploaded_at AT TIME ZONE 'UTC')::date AS day,
        count(*) AS files,
        coalesce(sum(rows_read), 0)::bigint AS rows_read
    FROM eco.pipeline_run
    WHERE source IS NOT NULL
    GROUP BY 1, 2
),

-- Put together by grouping: how many days a source has is not known beforehand, and a join would compare each with each.
calendar AS (
    SELECT source, day, max(files) AS files, max(rows_read) AS rows_read
    FROM (
        SELECT source, day, files, rows_read
        FROM delivered
        UNION ALL
        SELECT
            source,
            generate_series(min(day)::timestamp, (clock_timestamp() AT TIME ZONE 'UTC')::date::timestamp, interval '1 day')::date,
            NULL, NULL
        FROM delivered
        GROUP BY source
    ) AS listed
    GROUP BY source, day
),

compared AS (
    SELECT
        source, day, files, rows_read,
        count(*) OVER weeks_before AS weeks,
        count(files) OVER weeks_before AS weeks_with_files,
        array_agg(rows_read) FILTER (WHERE files IS NOT NULL) OVER weeks_before AS others
    FROM calendar
    WINDOW weeks_before AS (
        PARTITION BY source, extract(ISODOW FROM day) ORDER BY day ROWS BETWEEN 8 PRECEDING AND 1 PRECEDING
    )
)

SELECT
    source,
    day,
    coalesce(files, 0) AS files,
    coalesce(rows_read, 0) AS rows_read,
    weeks,
    weeks_with_files,
    middle.usual_rows,
    spread.scale,
    files IS NULL
    AND weeks >= 4
    AND weeks_with_files >= 0.75 * weeks
    AND day < (clock_timestamp() AT TIME ZONE 'UTC')::date AS is_missing,
    coalesce(
        files IS NOT NULL AND weeks_with_files >= 4 AND abs(rows_read - middle.usual_rows) > 3.5 * spread.scale, false
    ) AS is_unusual
FROM compared
CROSS JOIN LATERAL (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY other) AS usual_rows FROM unnest(others) AS other
) AS middle
CROSS JOIN LATERAL (
    SELECT
        greatest(
            1.4826 * percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(other - middle.usual_rows)),
            0.1 * middle.usual_rows,
            1
        ) AS scale
    FROM unnest(others) AS other
) AS spread;

-- Of the months that are there already.
SELECT eco.sum_month_by_country(first_day) FROM (SELECT DISTINCT first_day FROM eco.monthly_product_sales) AS month;

RESET ROLE;
