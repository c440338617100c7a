-- Quality of each run, quality over time, and alerts.

SET LOCAL ROLE eco_owner;

-- ------------------------------------------------------------------------------------- quality
-- What the valid rows of a file look like; written once, in the transaction that enters the run as validated.
CREATE TABLE eco.run_quality (
    run_id uuid PRIMARY KEY REFERENCES eco.pipeline_run,
    rows_valid bigint NOT NULL,
    duplicate_rows bigint NOT NULL,
    is_estimate boolean NOT NULL
);
COMMENT ON COLUMN eco.run_quality.duplicate_rows IS 'Rows that are equal in every column to another of the file, the first not counted.';
COMMENT ON COLUMN eco.run_quality.is_estimate IS 'More than 262,144 different rows: duplicate_rows is estimated from a sample.';

CREATE TABLE eco.run_column_quality (
    run_id uuid NOT NULL REFERENCES eco.run_quality,
    column_name text NOT NULL,
    nulls bigint NOT NULL,
    distinct_values bigint NOT NULL,
    is_estimate boolean NOT NULL,
    lowest text,
    highest text,
    PRIMARY KEY (run_id, column_name)
);
COMMENT ON COLUMN eco.run_column_quality.is_estimate IS
'More than 65,536 different values: distinct_values has a standard error of half a percent.';
COMMENT ON COLUMN eco.run_column_quality.lowest IS
'Of numbers and times; NULL for texts, and for what tells of a person.';

-- Something that a person should know of, as long as it is so: the outbox of alerts. Never the content of a row.
CREATE TABLE eco.alert (
    alert_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    subject text NOT NULL,
    what text NOT NULL,
    object_name text,
    advice text NOT NULL,
    seen bigint NOT NULL,
    first_seen_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    closed_at timestamptz,
    UNIQUE (kind, subject),
    CONSTRAINT alert_kind_is_known CHECK (
        kind IN ('failed_run', 'hanging_run', 'quality_threshold', 'missing_file', 'partition_horizon', 'dead_letter')
    )
);
COMMENT ON COLUMN eco.alert.subject IS 'With kind, what makes it the same alert when it is seen again.';
COMMENT ON COLUMN eco.alert.closed_at IS 'When it was found to be over; NULL while it stands.';

-- A message about all alerts of a kind that were due, to one channel. Its text is written once, so that an attempt to
-- send it again sends the same, under the same id.
CREATE TABLE eco.alert_message (
    message_id uuid PRIMARY KEY,
    channel text NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    claimed_by uuid,
    claimed_until timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    sent_at timestamptz
);
COMMENT ON COLUMN eco.alert_message.claimed_by IS
'Token of the attempt that sends it; while its claim lasts, nobody else does.';
CREATE INDEX alert_message_unsent ON eco.alert_message (channel, written_at) WHERE sent_at IS NULL;
CREATE INDEX alert_message_by_kind ON eco.alert_message (channel, kind, sent_at);

-- Which message told of an alert last, channel by channel, and what had been seen by then.
CREATE TABLE eco.alert_told (
    alert_id bigint NOT NULL REFERENCES eco.alert,
    channel text NOT NULL,
    message_id uuid NOT NULL REFERENCES eco.alert_message DEFERRABLE INITIALLY DEFERRED,
    told_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (alert_id, channel)
);
COMMENT ON COLUMN eco.alert_told.seen_at IS 'last_seen_at of the alert as it was told.';

-- The first sentence, line or problem of a reason without the values that it quotes: what reasons have in common, and
-- no row's content.
CREATE FUNCTION eco.common_reason(reason text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN left(
    btrim(
        split_part(
            regexp_replace(
                regexp_replace(split_part(reason, E'\n', 1), '(^|\W)(''([^''\\]|\\.)*''|"([^"\\]|\\.)*")(\s|$)?', '\1', 'g'),
                '([.!?])\s.*$', '\1'
            ),
            '; ', 1
        )
    ),
    300
);

-- Of each run, its rejected rows by their first problem, and its held rows by what is unusual of them: the words of
-- the reason before its first number. `open_rows` wait for a person.
CREATE VIEW eco.run_reasons AS
SELECT
    run.run_id,
    run.source,
    (run.uploaded_at AT TIME ZONE 'UTC')::date AS day,
    logged.kind,
    logged.column_name,
    CASE
        WHEN logged.kind = 'held' THEN regexp_replace(logged.reason, '\s*-?[0-9].*$', '')
        ELSE eco.common_reason(logged.reason)
    END AS reason,
    count(*) AS logged_rows,
    count(*) FILTER (WHERE logged.review_state = 'open') AS open_rows
FROM eco.quality_log AS logged
INNER JOIN eco.pipeline_run AS run USING (run_id)
WHERE logged.kind IN ('rejected', 'held')
GROUP BY run.run_id, logged.kind, logged.column_name, 6;

CREATE VIEW eco.rejected_by_reason AS
SELECT day, source, column_name, reason, sum(logged_rows)::bigint AS rejected_rows, sum(open_rows)::bigint AS open_rows
FROM eco.run_reasons
WHERE kind = 'rejected'
GROUP BY day, source, column_name, reason;
COMMENT ON VIEW eco.rejected_by_reason IS 'Rejected rows by UTC day of the upload and by their first problem.';

CREATE VIEW eco.held_by_reason AS
SELECT day, source, reason, sum(logged_rows)::bigint AS held_rows, sum(open_rows)::bigint AS open_rows
FROM eco.run_reasons
WHERE kind = 'held'
GROUP BY day, source, reason;
COMMENT ON VIEW eco.held_by_reason IS 'Held rows by UTC day of the upload and by what is unusual of them.';

CREATE VIEW eco.source_freshness AS
SELECT
    source,
    count(*) AS files,
    max(uploaded_at) AS newest_upload_at,
    max(uploaded_at) FILTER (WHERE status = 'SUCCESS') AS newest_success_at,
    extract(EPOCH FROM clock_timestamp() - max(uploaded_at))::double precision / 3600 AS hours_since_upload
FROM eco.pipeline_run
WHERE source IS NOT NULL
GROUP BY source;

-- Each day (UTC) from a source's first file to today, beside the same weekday of the eight weeks before, which never
-- contain the day itself. Nothing is judged by fewer than four weeks. The scale of what is usual is the median absolute
-- deviation, made comparable to a standard deviation, and never less than a tenth of the median: the rule for a source
-- whose files are all of one size.
CREATE VIEW eco.source_volume AS
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

calendar AS (
    SELECT
        source,
        generate_series(min(day)::timestamp, (clock_timestamp() AT TIME ZONE 'UTC')::date::timestamp, interval '1 day')::date
            AS day
    FROM delivered
    GROUP BY source
),

compared AS (
    SELECT
        source, day, delivered.files, delivered.rows_read,
        count(*) OVER weeks_before AS weeks,
        count(delivered.files) OVER weeks_before AS weeks_with_files,
        array_agg(delivered.rows_read) FILTER (WHERE delivered.files IS NOT NULL) OVER weeks_before AS others
    FROM calendar
    LEFT JOIN delivered USING (source, day)
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
COMMENT ON VIEW eco.source_volume IS 'What each source sent by UTC day of upload, against what it usually sends on that weekday.';

CREATE VIEW eco.missing_day AS
SELECT source, day, weeks, weeks_with_files
FROM eco.source_volume
WHERE is_missing;
COMMENT ON VIEW eco.missing_day IS
'Whole UTC days without a file of a source that had one on that weekday in at least three of four weeks before.';

CREATE VIEW eco.unknown_by_day AS
SELECT
    sale_date,
    count(*) AS sale_lines,
    count(*) FILTER (WHERE product.is_inferred) AS lines_of_unknown_products,
    count(DISTINCT sale.product_key) FILTER (WHERE product.is_inferred) AS unknown_products,
    count(*) FILTER (WHERE customer.is_inferred) AS lines_of_unknown_customers,
    count(DISTINCT sale.customer_key) FILTER (WHERE customer.is_inferred) AS unknown_customers
FROM eco.fact_sales AS sale
LEFT JOIN eco.dim_product AS product USING (product_key)
LEFT JOIN eco.dim_customer AS customer USING (customer_key)
GROUP BY sale_date;
COMMENT ON VIEW eco.unknown_by_day IS
'Sales by UTC day whose product or customer no file had described by then: they point at an inferred version.';

-- --------------------------------------------------------------------------------------- grants
REVOKE ALL ON FUNCTION eco.common_reason FROM PUBLIC;
GRANT INSERT ON eco.run_quality, eco.run_column_quality TO eco_validator;
GRANT SELECT, INSERT, UPDATE ON eco.alert, eco.alert_message, eco.alert_told TO eco_maintainer;
GRANT SELECT ON eco.missing_day TO eco_maintainer;
GRANT EXECUTE ON FUNCTION eco.common_reason TO eco_maintainer, eco_reader, eco_reviewer;
GRANT SELECT ON
    eco.run_quality, eco.run_column_quality, eco.alert, eco.alert_message, eco.alert_told,
    eco.run_reasons, eco.rejected_by_reason, eco.held_by_reason, eco.source_freshness, eco.source_volume,
    eco.missing_day, eco.unknown_by_day
    TO eco_reader, eco_reviewer;

RESET ROLE;
