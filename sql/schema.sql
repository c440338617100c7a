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
        'eco_maintainer', 'eco_reader', 'eco_reviewer', 'eco_operator'
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
    -- Versions are looked up in memory: by their index, also before the first ANALYZE of a new dimension.
    ALTER ROLE eco_loader SET random_page_cost = 1.1;
    ALTER ROLE eco_operator SET random_page_cost = 1.1;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO eco_validator, eco_loader, eco_maintainer', current_database());
    EXECUTE format('GRANT CREATE ON DATABASE %I TO eco_owner', current_database());
    GRANT eco_owner TO CURRENT_USER;
    -- A person who restores, forgets or rebuilds does what loading and maintenance do, and a little more.
    GRANT eco_validator, eco_loader, eco_maintainer, eco_reader TO eco_operator;
END
$$;

-- What follows belongs to the owner, as whom nobody logs in.
SET LOCAL ROLE eco_owner;

CREATE SCHEMA eco;
GRANT USAGE ON SCHEMA eco TO
    eco_validator, eco_scorer, eco_transformer, eco_loader, eco_maintainer, eco_reader, eco_reviewer,
    eco_operator;

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
    rows_rejected bigint NOT NULL DEFAULT 0,
    rows_held bigint NOT NULL DEFAULT 0,
    rows_loaded bigint NOT NULL DEFAULT 0,
    rows_unchanged bigint NOT NULL DEFAULT 0,
    rows_superseded bigint NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    validated_at timestamptz,
    heartbeat_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    owner uuid,
    lease_until timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    part_rows integer,
    notice text,
    drift jsonb,
    version text NOT NULL DEFAULT '',
    UNIQUE (bucket, object_name, generation, version),
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
COMMENT ON COLUMN eco.pipeline_run.version IS
'What names this upload where generations do not: the version id of S3. The generation still tells which is newer.';
COMMENT ON COLUMN eco.pipeline_run.owner IS
'Token of the attempt that validates the file. Each of its writes names it, so a late one cannot overwrite a newer.';
COMMENT ON COLUMN eco.pipeline_run.part_rows IS
'Rows in a part, as the first attempt cut them: every further attempt cuts at the same places.';
COMMENT ON COLUMN eco.pipeline_run.notice IS 'What the owner of the shop should know though all went well.';
COMMENT ON COLUMN eco.pipeline_run.drift IS
'Columns of the file that are new, missing or of another type than its contract says; NULL where there are none.';
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
    rows_rejected bigint NOT NULL DEFAULT 0,
    closes_snapshot boolean NOT NULL DEFAULT false,
    PRIMARY KEY (run_id, part_no)
);
COMMENT ON TABLE eco.pipeline_part IS
'A part that is in: written in the transaction that loads its rows. That transaction is its lease: who dies or stalls '
'in it leaves nothing, and whoever comes second waits for the first to commit.';
COMMENT ON COLUMN eco.pipeline_part.rows_rejected IS 'Rows of months that are archived.';
COMMENT ON COLUMN eco.pipeline_part.closes_snapshot IS
'The last part of a snapshot: with all parts before it in, what the snapshot does not mention is retired.';

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
    is_typed boolean NOT NULL DEFAULT false,
    corrected jsonb,
    review_outcome text,
    review_loaded_at timestamptz,
    UNIQUE (run_id, source_row, kind),
    CONSTRAINT kind_is_known CHECK (kind IN ('rejected', 'held', 'superseded', 'flagged')),
    CONSTRAINT review_state_is_known CHECK (review_state IN ('open', 'released', 'dismissed', 'loaded')),
    CONSTRAINT review_is_of_rejected_or_held CHECK (review_state IS NULL OR kind IN ('rejected', 'held')),
    CONSTRAINT review_outcome_is_known CHECK (review_outcome IN ('loaded', 'unchanged', 'superseded')),
    CONSTRAINT loaded_has_outcome CHECK (
        (review_state IS NOT DISTINCT FROM 'loaded') = (review_outcome IS NOT NULL)
        AND (review_outcome IS NULL) = (review_loaded_at IS NULL)
    ),
    CONSTRAINT anomaly_names_its_model CHECK (
        kind NOT IN ('held', 'flagged') OR (score IS NOT NULL AND model_version IS NOT NULL)
    )
);
COMMENT ON TABLE eco.quality_log IS
'Rows that are not in the facts, whole: rejected (breaks its contract), held (anomalous), superseded (a newer '
'delivery has other content). And rows that are, though they are anomalous: flagged.';
COMMENT ON COLUMN eco.quality_log.is_typed IS
'The row passed its contract, and is in the plain notation of the platform; else it is text as the file has it.';
COMMENT ON COLUMN eco.quality_log.corrected IS 'The whole row as a person corrected it, by the names of the platform.';
COMMENT ON COLUMN eco.quality_log.review_outcome IS 'What became of a released row when it was loaded.';
CREATE INDEX quality_log_open ON eco.quality_log (kind) WHERE review_state = 'open';
CREATE INDEX quality_log_released ON eco.quality_log (run_id, quality_id) WHERE review_state = 'released';

-- Every decision about a row of the quality log: by whom, when and why. Nothing is ever taken out of it.
CREATE TABLE eco.review_decision (
    decision_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    quality_id bigint NOT NULL REFERENCES eco.quality_log,
    decision text NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    note text,
    CONSTRAINT decision_is_known CHECK (decision IN ('release', 'correct', 'dismiss', 'undo', 'return')),
    CONSTRAINT decided_by_somebody CHECK (btrim(decided_by) <> '')
);
COMMENT ON COLUMN eco.review_decision.decision IS
'return: what was released could not be loaded, and is open again; the note says why.';
CREATE INDEX review_decision_of_row ON eco.review_decision (quality_id);

-- The only ways of a row through its review, whoever writes: loaded is final.
CREATE FUNCTION eco.guard_review() RETURNS trigger
LANGUAGE plpgsql SET search_path = eco, pg_temp AS $$
BEGIN
    IF (coalesce(OLD.review_state, 'none'), coalesce(NEW.review_state, 'none')) NOT IN (
        ('open', 'released'), ('open', 'dismissed'), ('released', 'open'), ('dismissed', 'open'), ('released', 'loaded')
    ) THEN
        RAISE EXCEPTION 'entry % of the quality log cannot go from % to %',
            OLD.quality_id, coalesce(OLD.review_state, 'none'), coalesce(NEW.review_state, 'none');
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard_review BEFORE UPDATE OF review_state ON eco.quality_log
FOR EACH ROW WHEN (OLD.review_state IS DISTINCT FROM NEW.review_state) EXECUTE FUNCTION eco.guard_review();

-- A person decides about rows of the quality log; what can be decided is, all else stays as it is. Comes back: each row
-- before and after. `correction` names columns of the platform and what they should have said; a row that could not be
-- split into columns is stated by it whole. `undo` takes any decision back until the row is loaded.
CREATE FUNCTION eco.review(
    reviewed bigint [], decision text, decided_by text, note text DEFAULT NULL, correction jsonb DEFAULT NULL
) RETURNS TABLE (quality_id bigint, state_before text, state_after text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = eco, pg_temp AS $$
BEGIN
    IF decision IS NULL OR decision NOT IN ('release', 'correct', 'dismiss', 'undo') THEN
        RAISE EXCEPTION 'a decision is release, correct, dismiss or undo, not %', coalesce(decision, 'NULL');
    END IF;
    IF (decision = 'correct') <> coalesce(jsonb_typeof(correction) = 'object' AND correction <> '{}', false) THEN
        RAISE EXCEPTION 'a correction, and nothing else, names columns and what they should have said';
    END IF;
    -- In order, so that no two wait for each other. What is read below is what the locks were granted for.
    PERFORM FROM eco.quality_log AS entry
    WHERE entry.quality_id = ANY(reviewed)
    ORDER BY entry.quality_id
    FOR UPDATE;
    RETURN QUERY
    WITH before AS (
        SELECT entry.quality_id, entry.review_state
        FROM eco.quality_log AS entry
        WHERE entry.quality_id = ANY(reviewed)
    ),
    changed AS (
        UPDATE eco.quality_log AS entry
        SET
            review_state = CASE review.decision WHEN 'undo' THEN 'open' WHEN 'dismiss' THEN 'dismissed' ELSE 'released' END,
            reviewed_by = review.decided_by,
            reviewed_at = clock_timestamp(),
            review_note = review.note,
            corrected = CASE WHEN review.decision = 'correct' THEN (entry.row - 'text') || review.correction END
        WHERE
            entry.quality_id = ANY(reviewed)
            AND CASE
                WHEN review.decision = 'undo' THEN entry.review_state IN ('released', 'dismissed')
                ELSE entry.review_state = 'open'
            END
        RETURNING entry.quality_id, entry.review_state
    ),
    kept AS (
        INSERT INTO eco.review_decision (quality_id, decision, decided_by, note)
        SELECT changed.quality_id, review.decision, review.decided_by, review.note
        FROM changed
    )
    SELECT before.quality_id, before.review_state, coalesce(changed.review_state, before.review_state)
    FROM before
    LEFT JOIN changed ON before.quality_id = changed.quality_id
    ORDER BY before.quality_id;
END
$$;

CREATE TABLE eco.maintenance_log (
    maintenance_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    logged_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    task text NOT NULL,
    target text NOT NULL,
    outcome text NOT NULL,
    detail text NOT NULL DEFAULT ''
);
CREATE INDEX maintenance_log_by_time ON eco.maintenance_log (logged_at);

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

-- A permanent failure, from whichever stage. A run that has ended stays as it ended, and an attempt that has lost its
-- lease to a newer one has no say any more.
CREATE FUNCTION eco.fail_run(failed_run uuid, stage text, why text, attempt_owner uuid) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = eco, pg_temp
BEGIN ATOMIC
    UPDATE eco.pipeline_run
    SET status = 'FAILED', failed_stage = stage, reason = why, finished_at = clock_timestamp()
    WHERE run_id = failed_run AND status = 'RUNNING' AND (attempt_owner IS NULL OR owner = attempt_owner)
    RETURNING true;
END;

-- ----------------------------------------------------------------------------------- dimensions
-- What the files said: attributes of a key from an instant on. The newest delivery of (key, instant) wins.
-- dim_product and dim_customer follow from this table alone, so the order of deliveries does not matter.
CREATE TABLE eco.dimension_change (
    dimension text NOT NULL,
    natural_key text NOT NULL,
    valid_from timestamptz NOT NULL,
    attributes jsonb,
    run_id uuid NOT NULL REFERENCES eco.pipeline_run,
    source_row bigint NOT NULL,
    PRIMARY KEY (dimension, natural_key, valid_from),
    CONSTRAINT dimension_is_known CHECK (dimension IN ('product', 'customer')),
    CONSTRAINT valid_from_is_finite CHECK (isfinite(valid_from))
);
COMMENT ON COLUMN eco.dimension_change.attributes IS 'NULL: the key is deleted from then on, until it is stated again.';
COMMENT ON COLUMN eco.dimension_change.source_row IS '0: what follows from a snapshot (the run) as a whole, at its own time.';

-- Full snapshots that are in. They retire also what is stated later for a time before them.
CREATE TABLE eco.dimension_snapshot (
    run_id uuid PRIMARY KEY REFERENCES eco.pipeline_run,
    dimension text NOT NULL,
    valid_from timestamptz NOT NULL,
    CONSTRAINT snapshot_dimension_is_known CHECK (dimension IN ('product', 'customer'))
);

-- What a snapshot mentions, kept until its last part is in: of each key what it says to be so at its own time.
CREATE TABLE eco.snapshot_mention (
    run_id uuid NOT NULL REFERENCES eco.pipeline_run,
    natural_key text NOT NULL,
    valid_from timestamptz NOT NULL,
    attributes jsonb NOT NULL,
    source_row bigint NOT NULL,
    PRIMARY KEY (run_id, natural_key)
);

-- Customers whose personal attributes were erased, and who stay so whatever is loaded.
CREATE TABLE eco.forgotten_customer (
    customer_id text PRIMARY KEY,
    forgotten_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What remains of a row of a forgotten customer: the sale, or that something was stated and since when.
CREATE FUNCTION eco.without_personal_data(logged jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT coalesce(jsonb_object_agg(field.key, field.value), '{}')
    FROM jsonb_each(logged) AS field
    WHERE
        field.key = 'customer_id'
        -- Since when something was so, without what: a change that was loaded keeps its place in the history.
        OR (field.key = 'valid_from' AND field.value #>> '{}' ~ '^\d{4}-\d\d-\d\d([ T][0-9:.]+)?(Z|[+-]\d\d:?\d\d)?$')
        OR (field.key = 'operation' AND field.value #>> '{}' IN ('upsert', 'delete'))
        OR (
            logged ? 'order_id'
            AND field.key IN (
                'order_id', 'line_no', 'sale_timestamp', 'product_id', 'quantity', 'unit_price', 'discount_rate',
                'net_amount', 'currency', 'country', 'operation'
            )
        )
);

-- Whether a logged row is about a forgotten customer. A row that could not be split into columns is a text: it is
-- where it contains the id. Spreadsheets write the id 17850 as 17850.0.
CREATE FUNCTION eco.is_about_forgotten(logged jsonb) RETURNS boolean
LANGUAGE sql STABLE SET search_path = eco, pg_temp
RETURN EXISTS (
    SELECT FROM eco.forgotten_customer
    WHERE customer_id IN (btrim(logged ->> 'customer_id'), regexp_replace(btrim(logged ->> 'customer_id'), '\.0+$', ''))
) OR (
    logged ? 'text'
    AND EXISTS (SELECT FROM eco.forgotten_customer WHERE position(customer_id IN logged ->> 'text') > 0)
);

CREATE FUNCTION eco.erase_forgotten() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = eco, pg_temp AS $$
BEGIN
    IF eco.is_about_forgotten(NEW.row) THEN
        NEW.row := eco.without_personal_data(NEW.row);
        NEW.review_note := NULL;
        IF NEW.kind = 'rejected' THEN
            NEW.value := NULL;
            NEW.reason := 'the row broke its contract; what it said of the customer was erased';
        END IF;
    END IF;
    IF eco.is_about_forgotten(NEW.corrected) THEN
        NEW.corrected := eco.without_personal_data(NEW.corrected);
        NEW.review_note := NULL;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER erase_forgotten BEFORE INSERT OR UPDATE OF row, corrected ON eco.quality_log
FOR EACH ROW WHEN (NEW.row ?| ARRAY['customer_id', 'text'] OR NEW.corrected ? 'customer_id')
EXECUTE FUNCTION eco.erase_forgotten();

-- Remembers that a customer is forgotten, and erases what the log and the stated changes say of them. dim_customer
-- follows from the changes: the caller writes the history anew in the same transaction.
CREATE FUNCTION eco.forget_customer(forgotten text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = eco, pg_temp
BEGIN ATOMIC
    INSERT INTO eco.forgotten_customer (customer_id) VALUES (forgotten) ON CONFLICT DO NOTHING;
    UPDATE eco.dimension_change
    SET attributes = '{}'
    WHERE dimension = 'customer' AND natural_key = forgotten AND attributes IS NOT NULL;
    -- What people noted about such a row, before it is erased and not known as such any more.
    UPDATE eco.review_decision
    SET note = NULL
    WHERE
        note IS NOT NULL
        AND quality_id IN (
            SELECT entry.quality_id
            FROM eco.quality_log AS entry
            WHERE eco.is_about_forgotten(entry.row) OR eco.is_about_forgotten(entry.corrected)
        );
    UPDATE eco.quality_log
    SET row = row
    WHERE
        (row ?| ARRAY['customer_id', 'text'] AND eco.is_about_forgotten(row))
        OR (corrected ? 'customer_id' AND eco.is_about_forgotten(corrected));
END;

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
    is_deleted boolean NOT NULL DEFAULT false,
    UNIQUE (product_id, valid_from),
    CONSTRAINT product_range_runs_forward CHECK (valid_from <= valid_to),
    CONSTRAINT product_current_has_no_end CHECK (is_current = (valid_to = 'infinity')),
    CONSTRAINT product_opens_inferred CHECK (is_inferred = (valid_from = '-infinity')),
    CONSTRAINT product_versions_do_not_overlap EXCLUDE USING gist (
        product_id WITH =, tstzrange(valid_from, valid_to) WITH &&
    )
);
CREATE UNIQUE INDEX dim_product_one_current ON eco.dim_product (product_id) WHERE is_current;
COMMENT ON COLUMN eco.dim_product.is_deleted IS
'The shop deleted it, or a full snapshot did not mention it; the attributes are those it had last.';
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
    is_deleted boolean NOT NULL DEFAULT false,
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

-- What the void of a line says.
CREATE FUNCTION eco.void_content(order_id text, line_no integer, sale_timestamp timestamptz) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
RETURN jsonb_build_object(
    'operation', 'void', 'order_id', order_id, 'line_no', line_no, 'sale_timestamp', sale_timestamp AT TIME ZONE 'UTC'
);

-- What was taken back, remembered: no older delivery that arrives later brings it in again. A line that was voided;
-- and, as line 0 at the beginning of the UTC day, an order that a delivery states whole.
CREATE TABLE eco.sale_tombstone (
    order_id text NOT NULL,
    line_no integer NOT NULL,
    sale_timestamp timestamptz NOT NULL,
    run_id uuid NOT NULL,
    source_row bigint NOT NULL,
    PRIMARY KEY (order_id, line_no, sale_timestamp),
    CONSTRAINT order_begins_its_day CHECK (
        line_no > 0 OR (line_no = 0 AND sale_timestamp = date_trunc('day', sale_timestamp, 'UTC'))
    )
);
-- Whether there are any on the days of a part, which most parts ask.
CREATE INDEX sale_tombstone_by_time ON eco.sale_tombstone (sale_timestamp);

-- Sums by UTC day, for who looks at many of them. They follow from the facts alone: whoever changes sales writes the
-- sums of those days anew in the same transaction, under the lock of the day, the month or the dimensions.
CREATE TABLE eco.daily_sales (
    sale_date date NOT NULL,
    currency text NOT NULL,
    country text,
    loyalty_tier text,
    sale_lines bigint NOT NULL,
    units bigint NOT NULL,
    net_amount numeric NOT NULL,
    carbon_savings_kg numeric,
    lines_with_footprint bigint NOT NULL
);
CREATE UNIQUE INDEX daily_sales_once
ON eco.daily_sales (sale_date, currency, country, loyalty_tier) NULLS NOT DISTINCT;
COMMENT ON COLUMN eco.daily_sales.loyalty_tier IS 'Of the customer at the time of the sale; NULL where unknown.';

CREATE TABLE eco.daily_product_sales (
    sale_date date NOT NULL,
    product_key bigint NOT NULL,
    currency text NOT NULL,
    sale_lines bigint NOT NULL,
    units bigint NOT NULL,
    net_amount numeric NOT NULL,
    carbon_savings_kg numeric,
    lines_with_footprint bigint NOT NULL,
    PRIMARY KEY (sale_date, product_key, currency)
);

CREATE TABLE eco.monthly_product_sales (
    first_day date NOT NULL,
    product_key bigint NOT NULL,
    currency text NOT NULL,
    sale_lines bigint NOT NULL,
    units bigint NOT NULL,
    net_amount numeric NOT NULL,
    carbon_savings_kg numeric,
    lines_with_footprint bigint NOT NULL,
    PRIMARY KEY (first_day, product_key, currency)
);

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

-- Writes the sums of some days anew, and of their months. The bounds are said twice, as days and as instants: by the
-- latter it prunes.
CREATE FUNCTION eco.roll_up_sales(days date[]) RETURNS void
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

-- What was sold by product in a period: of all countries from the sums, of whole months from those of the month and of
-- the days at its ends from those of the day; of some countries from the sums of the months that have some, and from
-- the facts of the days at its ends and of the other months. Branches that have nothing to say are never executed.
CREATE FUNCTION eco.product_sales(first_day date, end_day date, countries text[]) RETURNS TABLE (
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

-- ----------------------------------------------------------------------------------- partitions
-- Months that retention took out of the warehouse, and where they are.
CREATE TABLE eco.sales_archive (
    object_name text PRIMARY KEY,
    first_day date NOT NULL,
    sale_lines bigint NOT NULL,
    archived_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    restored_at timestamptz,
    CONSTRAINT archived_month_begins CHECK (extract(DAY FROM first_day) = 1)
);
CREATE UNIQUE INDEX sales_archive_month ON eco.sales_archive (first_day) WHERE restored_at IS NULL;
COMMENT ON COLUMN eco.sales_archive.restored_at IS 'When the month was brought back; NULL while it is away.';

-- Key of the advisory lock of a month: loads of its sales share it, and who archives or restores the month owns it.
CREATE FUNCTION eco.sales_month(any_time timestamptz) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN extract(YEAR FROM any_time AT TIME ZONE 'UTC')::integer * 12 + extract(MONTH FROM any_time AT TIME ZONE 'UTC')::integer;

-- Makes the partition of a month (UTC) and its days in dim_date; false where it is there already, or archived.
-- Made apart and then attached, since that locks out nobody who reads or writes other months. Rows that the default
-- partition holds for the month move over first: with them in place the partition could not be attached.
CREATE FUNCTION eco.ensure_sales_partition(any_day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = eco, pg_temp SET lock_timeout = '5s' AS $$
<<ensured>>
DECLARE
    first_day date := date_trunc('month', any_day::timestamp);
    next_month date := date_trunc('month', any_day::timestamp) + interval '1 month';
    lower_bound timestamptz := first_day::timestamp AT TIME ZONE 'UTC';
    upper_bound timestamptz := next_month::timestamp AT TIME ZONE 'UTC';
    partition_name text := 'fact_sales_' || to_char(first_day, 'YYYY_MM');
BEGIN
    IF
        to_regclass('eco.' || partition_name) IS NOT NULL
        OR EXISTS (SELECT FROM eco.sales_archive AS away WHERE away.first_day = ensured.first_day AND away.restored_at IS NULL)
    THEN
        RETURN false;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('eco.ensure_sales_partition'));
    -- Read from the table itself: to_regclass would still remember that there was none before the lock was ours.
    IF EXISTS (SELECT FROM pg_class WHERE relname = partition_name AND relnamespace = 'eco'::regnamespace) THEN
        RETURN false;
    END IF;
    -- In the order in which a month is dropped, so that no two wait for each other. And what is being written to the
    -- default partition commits first: a row that came after the move would keep the partition from being attached.
    LOCK TABLE ONLY eco.fact_sales IN SHARE UPDATE EXCLUSIVE MODE;
    LOCK TABLE eco.fact_sales_default IN ACCESS EXCLUSIVE MODE;
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

-- Makes every session notice the partition of a month (UTC) that was made in an earlier transaction. PostgreSQL alone
-- does not see to it: a session that is just reading the list of partitions for the first time when one is attached
-- takes the notice of it and keeps the list without it. It then looks for the sales of the month, and puts them, into
-- the default partition, until the next notice. So wait for all who may be reading an old list, and give notice again.
-- Whoever takes longer than five seconds is not waited for; then the month is announced again by the next who needs it.
CREATE FUNCTION eco.announce_sales_partition(any_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = eco, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    partition regclass := to_regclass('eco.fact_sales_' || to_char(any_day, 'YYYY_MM'));
    latest timestamptz := clock_timestamp() + interval '5 seconds';
    readers text[];
BEGIN
    IF partition IS NULL OR obj_description(partition, 'pg_class') IS NOT NULL THEN
        RETURN;
    END IF;
    readers := ARRAY(
        SELECT virtualtransaction FROM pg_locks
        WHERE
            relation = 'eco.fact_sales'::regclass AND granted AND pid <> pg_backend_pid()
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    );
    WHILE
        EXISTS (SELECT FROM pg_locks WHERE locktype = 'virtualxid' AND virtualtransaction = ANY(readers))
        AND clock_timestamp() < latest
    LOOP
        PERFORM pg_sleep(0.005);
    END LOOP;
    -- Changes nothing but is noticed like a change, and waits only for who changes the table's definition as well.
    ALTER TABLE ONLY eco.fact_sales ALTER COLUMN line_no SET STATISTICS -1;
    IF clock_timestamp() < latest THEN
        EXECUTE format('COMMENT ON TABLE %s IS %L', partition, 'Announced to every session.');
    END IF;
END
$$;

-- Should a session all the same not have noticed a partition: better an error, after which the load comes again, than
-- a sale that who asks for its month does not find.
CREATE FUNCTION eco.refuse_misplaced_sale() RETURNS trigger
LANGUAGE plpgsql SET search_path = eco, pg_temp AS $$
DECLARE
    partition_name text := 'fact_sales_' || to_char(NEW.sale_timestamp AT TIME ZONE 'UTC', 'YYYY_MM');
BEGIN
    IF to_regclass('eco.' || partition_name) IS NOT NULL THEN
        RAISE EXCEPTION 'this session has not noticed the partition % yet; try again', partition_name
        USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER misplaced_sale_is_refused BEFORE INSERT ON eco.fact_sales_default
FOR EACH ROW EXECUTE FUNCTION eco.refuse_misplaced_sale();

-- Keeps everyone but readers off a month of sales until the transaction ends; false where there is no such partition.
-- In the order in which loads take these locks, so that no two wait for each other.
CREATE FUNCTION eco.own_sales_month(first_day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = eco, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    partition_name text := 'fact_sales_' || to_char(first_day, 'YYYY_MM');
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('eco.dimensions'));
    PERFORM pg_advisory_xact_lock(hashtext('eco.sales_month'), eco.sales_month(first_day::timestamp AT TIME ZONE 'UTC'));
    IF NOT EXISTS (SELECT FROM pg_class WHERE relname = partition_name AND relnamespace = 'eco'::regnamespace) THEN
        RETURN false;
    END IF;
    EXECUTE format('LOCK TABLE eco.%I IN SHARE MODE', partition_name);
    RETURN true;
END
$$;

-- Takes a month that was compared with its archive out of the warehouse, and notes where it is.
CREATE FUNCTION eco.drop_sales_partition(first_day date, archive_name text, archived_lines bigint) RETURNS void
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
    run_id, object_name, source, status, coalesce(reason, notice) AS reason, uploaded_at, started_at, finished_at,
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
-- the reason before its first number, and the mistake that would explain it. `open_rows` wait for a person.
CREATE VIEW eco.run_reasons AS
SELECT
    run.run_id,
    run.source,
    (run.uploaded_at AT TIME ZONE 'UTC')::date AS day,
    logged.kind,
    logged.column_name,
    CASE
        WHEN logged.kind = 'held' THEN concat_ws(
            ': ',
            regexp_replace(logged.reason, '\s*-?[0-9].*$', ''),
            substring(logged.reason FROM '(did the decimal point slip|were they swapped)[?]$')
        )
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

CREATE VIEW eco.released_value AS
SELECT
    coalesce(corrected, row) ->> 'product_id' AS product_id,
    (coalesce(corrected, row) ->> 'unit_price')::numeric AS unit_price,
    abs((coalesce(corrected, row) ->> 'quantity')::numeric) AS quantity
FROM eco.quality_log
WHERE kind = 'held' AND review_state = 'loaded';
COMMENT ON VIEW eco.released_value IS
'What people let through of the held sales, without who bought it: what the anomaly model learns from their decisions.';

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
-- P9: each function has its own role, and no more than it needs.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA eco FROM PUBLIC;
GRANT EXECUTE ON FUNCTION eco.fail_run TO
    eco_validator, eco_scorer, eco_transformer, eco_loader, eco_maintainer;

GRANT SELECT, INSERT, UPDATE ON eco.pipeline_run TO eco_validator;
GRANT SELECT, INSERT ON eco.quality_log TO eco_validator;

GRANT SELECT, UPDATE ON eco.pipeline_run TO eco_loader;
GRANT SELECT, INSERT, UPDATE ON eco.pipeline_part TO eco_loader;
GRANT SELECT, INSERT ON eco.quality_log TO eco_loader;
GRANT UPDATE (review_state, reviewed_by, reviewed_at, review_note, review_outcome, review_loaded_at)
    ON eco.quality_log TO eco_loader;
GRANT INSERT ON eco.review_decision TO eco_loader;
GRANT SELECT, INSERT, UPDATE ON eco.dimension_change, eco.dim_product, eco.dim_customer TO eco_loader;
GRANT SELECT, INSERT ON eco.dimension_snapshot TO eco_loader;
GRANT SELECT, INSERT, UPDATE, DELETE ON eco.snapshot_mention TO eco_loader;
GRANT SELECT, INSERT, UPDATE, DELETE ON eco.fact_sales, eco.sale_tombstone TO eco_loader;
GRANT SELECT ON eco.forgotten_customer, eco.sales_archive TO eco_loader;
GRANT SELECT, INSERT, UPDATE, DELETE ON eco.daily_sales, eco.daily_product_sales, eco.monthly_product_sales TO eco_loader;
GRANT SELECT, DELETE ON eco.monthly_country_sales TO eco_loader;
GRANT EXECUTE ON FUNCTION
    eco.ensure_sales_partition, eco.announce_sales_partition, eco.carbon_savings_kg, eco.sale_content, eco.void_content,
    eco.sales_month, eco.roll_up_sales
    TO eco_loader;

GRANT SELECT ON
    eco.pipeline_run, eco.fact_sales, eco.fact_sales_default, eco.sales_partition, eco.sales_archive,
    eco.dim_product, eco.dim_customer, eco.monthly_country_sales
    TO eco_maintainer;
GRANT SELECT (run_id, review_state, reviewed_at) ON eco.quality_log TO eco_maintainer;
GRANT SELECT, INSERT ON eco.maintenance_log TO eco_maintainer;
GRANT EXECUTE ON FUNCTION
    eco.ensure_sales_partition, eco.announce_sales_partition, eco.own_sales_month, eco.drop_sales_partition,
    eco.sum_month_by_country
    TO eco_maintainer;

GRANT INSERT ON eco.run_quality, eco.run_column_quality TO eco_validator;
GRANT SELECT, INSERT, UPDATE ON eco.alert, eco.alert_message, eco.alert_told TO eco_maintainer;
GRANT SELECT ON eco.missing_day, eco.released_value TO eco_maintainer;
GRANT EXECUTE ON FUNCTION eco.common_reason TO eco_maintainer, eco_reader, eco_reviewer;

GRANT UPDATE (restored_at) ON eco.sales_archive TO eco_operator;
GRANT INSERT ON eco.forgotten_customer, eco.sales_archive TO eco_operator;
GRANT UPDATE (corrected) ON eco.quality_log TO eco_operator;
GRANT EXECUTE ON FUNCTION eco.forget_customer, eco.sale_content, eco.review TO eco_operator;

GRANT SELECT ON ALL TABLES IN SCHEMA eco TO eco_reader, eco_reviewer;
GRANT SELECT ON eco.monthly_product_sales TO eco_maintainer;
GRANT EXECUTE ON FUNCTION eco.carbon_savings_kg, eco.product_sales TO eco_reader, eco_reviewer;
GRANT EXECUTE ON FUNCTION eco.review TO eco_reviewer;

RESET ROLE;
