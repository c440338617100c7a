-- The whole current schema of the warehouse, to be read from top to bottom.
-- Migrations in sql/migrations/ lead here; a test proves that both give the same database.

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- ---------------------------------------------------------------------------------------- roles
-- Roles belong to the cluster, not to the database: make those that are not there yet.
-- Passwords are set where the platform is deployed, never here.
DO $$
DECLARE
    role_name text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'eco_owner') THEN
        CREATE ROLE eco_owner NOLOGIN;
    END IF;
    FOREACH role_name IN ARRAY ARRAY[
        'eco_validator', 'eco_scorer', 'eco_transformer', 'eco_loader',
        'eco_maintainer', 'eco_reader', 'eco_reviewer'
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', role_name);
        END IF;
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), role_name);
        -- On the role, since a session setting does not survive transaction pooling.
        EXECUTE format('ALTER ROLE %I SET lock_timeout = ''60s''', role_name);
        EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = ''10min''', role_name);
        EXECUTE format('ALTER ROLE %I SET timezone = ''UTC''', role_name);
    END LOOP;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO eco_validator, eco_loader', current_database());
    EXECUTE format('GRANT CREATE ON DATABASE %I TO eco_owner', current_database());
    GRANT eco_owner TO CURRENT_USER;
END
$$;

-- What follows belongs to the owner, as whom nobody logs in.
SET LOCAL ROLE eco_owner;

CREATE SCHEMA eco;
GRANT USAGE ON SCHEMA eco TO
    eco_validator, eco_scorer, eco_transformer, eco_loader, eco_maintainer, eco_reader, eco_reviewer;

-- --------------------------------------------------------------------------------------- ledger
CREATE TABLE eco.pipeline_run (
    run_id uuid PRIMARY KEY,
    bucket text NOT NULL,
    object_name text NOT NULL,
    generation bigint NOT NULL,
    uploaded_at timestamptz NOT NULL,
    size_bytes bigint NOT NULL,
    source text,
    contract_version text,
    status text NOT NULL DEFAULT 'RUNNING',
    failed_stage text,
    reason text,
    parts_total integer,
    parts_loaded integer NOT NULL DEFAULT 0,
    rows_read bigint,
    rows_rejected bigint,
    rows_held bigint NOT NULL DEFAULT 0,
    rows_loaded bigint NOT NULL DEFAULT 0,
    rows_unchanged bigint NOT NULL DEFAULT 0,
    rows_superseded bigint NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    validated_at timestamptz,
    heartbeat_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    UNIQUE (bucket, object_name, generation),
    CONSTRAINT status_is_known CHECK (status IN ('RUNNING', 'SUCCESS', 'FAILED')),
    CONSTRAINT finished_has_time CHECK ((status = 'RUNNING') = (finished_at IS NULL)),
    CONSTRAINT failed_has_reason CHECK (status <> 'FAILED' OR reason IS NOT NULL),
    -- P7: a run is SUCCESS only when all its parts are in.
    CONSTRAINT success_has_all_parts CHECK (
        status <> 'SUCCESS' OR coalesce(parts_loaded = parts_total, false)
    ),
    -- P1: a SUCCESS adds up.
    CONSTRAINT success_adds_up CHECK (
        status <> 'SUCCESS'
        OR coalesce(
            rows_read = rows_loaded + rows_unchanged + rows_superseded + rows_rejected + rows_held, false
        )
    )
);
COMMENT ON TABLE eco.pipeline_run IS 'One object version on its way through the stages: ledger and heartbeat.';
CREATE INDEX pipeline_run_running ON eco.pipeline_run (heartbeat_at) WHERE status = 'RUNNING';
CREATE INDEX pipeline_run_by_start ON eco.pipeline_run (started_at);

CREATE TABLE eco.pipeline_part (
    run_id uuid NOT NULL REFERENCES eco.pipeline_run,
    part_no integer NOT NULL,
    model_version text,
    rows_held bigint NOT NULL,
    rows_loaded bigint NOT NULL DEFAULT 0,
    rows_unchanged bigint NOT NULL DEFAULT 0,
    rows_superseded bigint NOT NULL DEFAULT 0,
    validated_at timestamptz NOT NULL,
    scored_at timestamptz NOT NULL,
    transformed_at timestamptz NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (run_id, part_no)
);
COMMENT ON TABLE eco.pipeline_part IS 'A part that is in: written in the transaction that loads its rows.';

CREATE TABLE eco.quality_log (
    quality_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id uuid NOT NULL REFERENCES eco.pipeline_run,
    source_row bigint NOT NULL,
    kind text NOT NULL,
    column_name text,
    value text,
    reason text NOT NULL,
    score double precision,
    model_version text,
    row jsonb NOT NULL,
    review_state text,
    reviewed_by text,
    reviewed_at timestamptz,
    review_note text,
    logged_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (run_id, source_row, kind),
    CONSTRAINT kind_is_known CHECK (kind IN ('rejected', 'held', 'superseded')),
    CONSTRAINT review_state_is_known CHECK (review_state IN ('open', 'released', 'dismissed')),
    CONSTRAINT held_names_its_model CHECK (kind <> 'held' OR (score IS NOT NULL AND model_version IS NOT NULL))
);
COMMENT ON TABLE eco.quality_log IS
'Rows that are not in the facts, whole: rejected (breaks its contract), held (anomalous), superseded (a newer '
'delivery has other content).';
CREATE INDEX quality_log_open ON eco.quality_log (kind) WHERE review_state = 'open';

CREATE TABLE eco.maintenance_log (
    maintenance_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    logged_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    task text NOT NULL,
    target text NOT NULL,
    outcome text NOT NULL,
    detail text NOT NULL DEFAULT ''
);
CREATE INDEX maintenance_log_by_time ON eco.maintenance_log (logged_at);

-- A permanent failure, from whichever stage. A run that has ended stays as it ended.
CREATE FUNCTION eco.fail_run(failed_run uuid, stage text, why text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = eco, pg_temp
BEGIN ATOMIC
    UPDATE eco.pipeline_run
    SET status = 'FAILED', failed_stage = stage, reason = why, finished_at = clock_timestamp()
    WHERE run_id = failed_run AND status = 'RUNNING'
    RETURNING true;
END;

-- ----------------------------------------------------------------------------------- dimensions
-- What the files said: attributes of a key from an instant on. The newest delivery of (key, instant) wins.
-- dim_product and dim_customer follow from this table alone, so the order of deliveries does not matter.
CREATE TABLE eco.dimension_change (
    dimension text NOT NULL,
    natural_key text NOT NULL,
    valid_from timestamptz NOT NULL,
    attributes jsonb NOT NULL,
    run_id uuid NOT NULL REFERENCES eco.pipeline_run,
    source_row bigint NOT NULL,
    PRIMARY KEY (dimension, natural_key, valid_from),
    CONSTRAINT dimension_is_known CHECK (dimension IN ('product', 'customer')),
    CONSTRAINT valid_from_is_finite CHECK (isfinite(valid_from))
);

-- Type 2. The history of a key opens with an inferred version at -infinity: what is sold before the first known
-- change, or without any, points there. A version that a correction took away keeps its key with an empty range.
CREATE TABLE eco.dim_product (
    product_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product_id text NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz NOT NULL,
    is_current boolean NOT NULL,
    is_inferred boolean NOT NULL,
    product_name text,
    category text,
    material text,
    material_origin text,
    unit_weight_kg numeric(14, 6),
    list_price numeric(18, 6),
    currency text,
    product_kg numeric(18, 9),
    product_kg_method text,
    baseline_kg numeric(18, 9),
    baseline_kg_method text,
    factor_set text,
    UNIQUE (product_id, valid_from),
    CONSTRAINT product_range_runs_forward CHECK (valid_from <= valid_to),
    CONSTRAINT product_current_has_no_end CHECK (is_current = (valid_to = 'infinity')),
    CONSTRAINT product_opens_inferred CHECK (is_inferred = (valid_from = '-infinity')),
    CONSTRAINT product_versions_do_not_overlap EXCLUDE USING gist (
        product_id WITH =, tstzrange(valid_from, valid_to) WITH &&
    )
);
CREATE UNIQUE INDEX dim_product_one_current ON eco.dim_product (product_id) WHERE is_current;
COMMENT ON COLUMN eco.dim_product.product_kg IS 'Footprint of one unit, kg CO2e; NULL where unknown.';
COMMENT ON COLUMN eco.dim_product.baseline_kg IS 'Footprint of the unit it replaces, kg CO2e; NULL where unknown.';

CREATE TABLE eco.dim_customer (
    customer_key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id text NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz NOT NULL,
    is_current boolean NOT NULL,
    is_inferred boolean NOT NULL,
    loyalty_tier text,
    segment text,
    country text,
    joined_on date,
    UNIQUE (customer_id, valid_from),
    CONSTRAINT customer_range_runs_forward CHECK (valid_from <= valid_to),
    CONSTRAINT customer_current_has_no_end CHECK (is_current = (valid_to = 'infinity')),
    CONSTRAINT customer_opens_inferred CHECK (is_inferred = (valid_from = '-infinity')),
    CONSTRAINT customer_versions_do_not_overlap EXCLUDE USING gist (
        customer_id WITH =, tstzrange(valid_from, valid_to) WITH &&
    )
);
CREATE UNIQUE INDEX dim_customer_one_current ON eco.dim_customer (customer_id) WHERE is_current;

CREATE TABLE eco.dim_date (
    sale_date date PRIMARY KEY,
    year smallint NOT NULL,
    quarter smallint NOT NULL,
    month smallint NOT NULL,
    iso_week smallint NOT NULL,
    iso_day_of_week smallint NOT NULL,
    is_weekend boolean NOT NULL
);
COMMENT ON TABLE eco.dim_date IS 'Every day (UTC) of every month that has a partition.';

-- ---------------------------------------------------------------------------------------- facts
-- No foreign keys: they would cost three times everything else in a load. The keys are taken from the dimensions
-- inside the loading transaction, and no role may delete a version.
CREATE TABLE eco.fact_sales (
    order_id text NOT NULL,
    line_no integer NOT NULL,
    sale_timestamp timestamptz NOT NULL,
    sale_date date NOT NULL,
    product_key bigint NOT NULL,
    customer_key bigint,
    quantity integer NOT NULL,
    unit_price numeric(18, 6) NOT NULL,
    discount_rate numeric(7, 6) NOT NULL,
    net_amount numeric(24, 6) NOT NULL,
    currency text NOT NULL,
    country text,
    carbon_savings_kg numeric(24, 6),
    run_id uuid NOT NULL,
    source_row bigint NOT NULL,
    PRIMARY KEY (order_id, line_no, sale_timestamp),
    CONSTRAINT sale_date_is_utc_day CHECK (sale_date = (sale_timestamp AT TIME ZONE 'UTC')::date)
) PARTITION BY RANGE (sale_timestamp);
COMMENT ON COLUMN eco.fact_sales.product_key IS 'eco.dim_product: the version valid at sale_timestamp.';
COMMENT ON COLUMN eco.fact_sales.customer_key IS
'eco.dim_customer: the version valid at sale_timestamp; NULL for a sale without a customer.';
COMMENT ON COLUMN eco.fact_sales.net_amount IS 'quantity x unit_price x (1 - discount_rate), in currency.';
COMMENT ON COLUMN eco.fact_sales.carbon_savings_kg IS
'kg CO2e avoided against the baseline product; a comparison, not an inventory. NULL where unknown.';

-- The safety net under P8: loads make their partitions first, maintain watches that nothing stays here.
CREATE TABLE eco.fact_sales_default PARTITION OF eco.fact_sales DEFAULT;

-- The one definition of the formula.
CREATE FUNCTION eco.carbon_savings_kg(quantity integer, baseline_kg numeric, product_kg numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN round(quantity * (baseline_kg - product_kg), 6);

-- What a sale says, apart from where it was read: equal content is not a change.
CREATE FUNCTION eco.sale_content(
    order_id text, line_no integer, sale_timestamp timestamptz, product_id text, customer_id text,
    quantity integer, unit_price numeric, discount_rate numeric, currency text, country text
) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
RETURN jsonb_build_object(
    'order_id', order_id, 'line_no', line_no, 'sale_timestamp', sale_timestamp AT TIME ZONE 'UTC',
    'product_id', product_id, 'customer_id', customer_id, 'quantity', quantity, 'unit_price', unit_price,
    'discount_rate', discount_rate, 'currency', currency, 'country', country
);

-- ----------------------------------------------------------------------------------- partitions
-- Makes the partition of a month (UTC) and its days in dim_date; false where it is there already.
-- Made apart and then attached, since that locks out nobody who reads or writes other months. Rows that the default
-- partition holds for the month move over first: with them in place the partition could not be attached.
CREATE FUNCTION eco.ensure_sales_partition(any_day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = eco, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    first_day date := date_trunc('month', any_day::timestamp);
    next_month date := date_trunc('month', any_day::timestamp) + interval '1 month';
    lower_bound timestamptz := first_day::timestamp AT TIME ZONE 'UTC';
    upper_bound timestamptz := next_month::timestamp AT TIME ZONE 'UTC';
    partition_name text := 'fact_sales_' || to_char(first_day, 'YYYY_MM');
BEGIN
    IF to_regclass('eco.' || partition_name) IS NOT NULL THEN
        RETURN false;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('eco.ensure_sales_partition'));
    -- Read from the table itself: to_regclass would still remember that there was none before the lock was ours.
    IF EXISTS (SELECT FROM pg_class WHERE relname = partition_name AND relnamespace = 'eco'::regnamespace) THEN
        RETURN false;
    END IF;
    EXECUTE format(
        'CREATE TABLE eco.%I (LIKE eco.fact_sales INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)',
        partition_name
    );
    EXECUTE format(
        'WITH moved AS ('
        '    DELETE FROM eco.fact_sales_default WHERE sale_timestamp >= $1 AND sale_timestamp < $2 RETURNING *'
        ') INSERT INTO eco.%I SELECT * FROM moved',
        partition_name
    ) USING lower_bound, upper_bound;
    EXECUTE format(
        'ALTER TABLE eco.fact_sales ATTACH PARTITION eco.%I FOR VALUES FROM (%L) TO (%L)',
        partition_name, lower_bound, upper_bound
    );
    INSERT INTO eco.dim_date (sale_date, year, quarter, month, iso_week, iso_day_of_week, is_weekend)
    SELECT
        day, extract(year FROM day), extract(quarter FROM day), extract(month FROM day),
        extract(week FROM day), extract(isodow FROM day), extract(isodow FROM day) >= 6
    FROM (
        SELECT generate_series(first_day, next_month - 1, interval '1 day')::date AS day
    ) AS days
    ON CONFLICT DO NOTHING;
    RETURN true;
END
$$;

-- Takes a month out of the warehouse, provided that it holds exactly the rows that were archived.
CREATE FUNCTION eco.drop_sales_partition(first_day date, archived_rows bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = eco, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    partition_name text := 'fact_sales_' || to_char(first_day, 'YYYY_MM');
    rows_there bigint;
BEGIN
    EXECUTE format('LOCK TABLE eco.%I IN ACCESS EXCLUSIVE MODE', partition_name);
    EXECUTE format('SELECT count(*) FROM eco.%I', partition_name) INTO rows_there;
    IF rows_there <> archived_rows THEN
        RAISE EXCEPTION '% holds % rows, but % were archived: it is kept', partition_name, rows_there, archived_rows;
    END IF;
    EXECUTE format('ALTER TABLE eco.fact_sales DETACH PARTITION eco.%I', partition_name);
    EXECUTE format('DROP TABLE eco.%I', partition_name);
END
$$;

-- ---------------------------------------------------------------------------------------- views
CREATE VIEW eco.sales_partition AS
SELECT
    child.relname AS partition_name,
    to_date(substring(child.relname FROM '\d{4}_\d{2}$'), 'YYYY_MM') AS first_day,
    greatest(child.reltuples, 0)::bigint AS estimated_rows,
    pg_total_relation_size(child.oid) AS size_bytes
FROM pg_inherits
INNER JOIN pg_class AS child ON pg_inherits.inhrelid = child.oid
WHERE pg_inherits.inhparent = 'eco.fact_sales'::regclass;
COMMENT ON VIEW eco.sales_partition IS 'Partitions of fact_sales; first_day is NULL for the default partition.';

CREATE VIEW eco.run_accounting AS
SELECT
    run_id, object_name, source, status, reason, uploaded_at, started_at, finished_at,
    extract(EPOCH FROM finished_at - started_at)::double precision AS seconds,
    rows_read, rows_loaded, rows_unchanged, rows_superseded, rows_rejected, rows_held,
    rows_read = rows_loaded + rows_unchanged + rows_superseded + rows_rejected + rows_held AS balances
FROM eco.pipeline_run;

CREATE VIEW eco.daily_volume AS
SELECT
    sale_date,
    currency,
    count(*) AS sale_lines,
    sum(quantity) AS units,
    sum(net_amount) AS net_amount,
    sum(carbon_savings_kg) AS carbon_savings_kg,
    count(carbon_savings_kg)::double precision / count(*) AS carbon_coverage
FROM eco.fact_sales
GROUP BY sale_date, currency;
COMMENT ON VIEW eco.daily_volume IS 'Sales by UTC day; amounts are never added up across currencies.';

-- --------------------------------------------------------------------------------------- grants
-- P9: each function has its own role, and no more than it needs.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA eco FROM PUBLIC;
GRANT EXECUTE ON FUNCTION eco.fail_run TO
    eco_validator, eco_scorer, eco_transformer, eco_loader, eco_maintainer;

GRANT SELECT, INSERT, UPDATE ON eco.pipeline_run TO eco_validator;
GRANT SELECT, INSERT ON eco.quality_log TO eco_validator;

GRANT SELECT, UPDATE ON eco.pipeline_run TO eco_loader;
GRANT SELECT, INSERT, UPDATE ON eco.pipeline_part TO eco_loader;
GRANT SELECT, INSERT ON eco.quality_log TO eco_loader;
GRANT SELECT, INSERT, UPDATE ON eco.dimension_change, eco.dim_product, eco.dim_customer TO eco_loader;
GRANT SELECT, INSERT, UPDATE, DELETE ON eco.fact_sales TO eco_loader;
GRANT EXECUTE ON FUNCTION eco.ensure_sales_partition, eco.carbon_savings_kg, eco.sale_content TO eco_loader;

GRANT SELECT ON
    eco.pipeline_run, eco.fact_sales, eco.fact_sales_default, eco.sales_partition, eco.dim_product, eco.dim_customer
    TO eco_maintainer;
GRANT SELECT, INSERT ON eco.maintenance_log TO eco_maintainer;
GRANT EXECUTE ON FUNCTION eco.ensure_sales_partition, eco.drop_sales_partition TO eco_maintainer;

GRANT SELECT ON ALL TABLES IN SCHEMA eco TO eco_reader, eco_reviewer;
GRANT UPDATE (review_state, reviewed_by, reviewed_at, review_note) ON eco.quality_log TO eco_reviewer;

RESET ROLE;
