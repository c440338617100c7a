-- Voids, deletions, snapshots, leases, archived months, forgotten customers.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'eco_operator') THEN
        CREATE ROLE eco_operator LOGIN;
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO eco_operator', current_database());
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO eco_maintainer', current_database());
    ALTER ROLE eco_operator SET lock_timeout = '60s';
    ALTER ROLE eco_operator SET idle_in_transaction_session_timeout = '10min';
    ALTER ROLE eco_operator SET timezone = 'UTC';
    -- A person who restores, forgets or rebuilds does what loading and maintenance do, and a little more.
    GRANT eco_validator, eco_loader, eco_maintainer, eco_reader TO eco_operator;
END
$$;

SET LOCAL ROLE eco_owner;

GRANT USAGE ON SCHEMA eco TO eco_operator;

-- --------------------------------------------------------------------------------------- ledger
UPDATE eco.pipeline_run SET rows_rejected = 0 WHERE rows_rejected IS NULL;
ALTER TABLE eco.pipeline_run
ALTER COLUMN rows_rejected SET DEFAULT 0,
ALTER COLUMN rows_rejected SET NOT NULL,
ADD COLUMN owner uuid,
ADD COLUMN lease_until timestamptz,
ADD COLUMN attempts integer NOT NULL DEFAULT 0,
ADD COLUMN part_rows integer,
ADD COLUMN notice text;
COMMENT ON COLUMN eco.pipeline_run.owner IS
'Token of the attempt that validates the file. Each of its writes names it, so a late one cannot overwrite a newer.';
COMMENT ON COLUMN eco.pipeline_run.part_rows IS
'Rows in a part, as the first attempt cut them: every further attempt cuts at the same places.';
COMMENT ON COLUMN eco.pipeline_run.notice IS 'What the owner of the shop should know though all went well.';

ALTER TABLE eco.pipeline_part
ADD COLUMN rows_rejected bigint NOT NULL DEFAULT 0,
ADD COLUMN closes_snapshot boolean NOT NULL DEFAULT false;
COMMENT ON TABLE eco.pipeline_part IS
'A part that is in: written in the transaction that loads its rows. That transaction is its lease: who dies or stalls '
'in it leaves nothing, and whoever comes second waits for the first to commit.';
COMMENT ON COLUMN eco.pipeline_part.rows_rejected IS 'Rows of months that are archived.';
COMMENT ON COLUMN eco.pipeline_part.closes_snapshot IS
'The last part of a snapshot: with all parts before it in, what the snapshot does not mention is retired.';

DROP FUNCTION eco.fail_run(uuid, text, text);
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
ALTER TABLE eco.dimension_change ALTER COLUMN attributes DROP NOT NULL;
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

-- What remains of a row of a forgotten customer: the sale, without anything else that the file said.
CREATE FUNCTION eco.without_personal_data(logged jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT coalesce(jsonb_object_agg(field.key, field.value), '{}')
    FROM jsonb_each(logged) AS field
    WHERE
        field.key = 'customer_id'
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
        IF NEW.kind = 'rejected' THEN
            NEW.value := NULL;
            NEW.reason := 'the row broke its contract; what it said of the customer was erased';
        END IF;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER erase_forgotten BEFORE INSERT OR UPDATE OF row ON eco.quality_log
FOR EACH ROW WHEN (NEW.row ?| ARRAY['customer_id', 'text']) EXECUTE FUNCTION eco.erase_forgotten();

-- Remembers that a customer is forgotten, and erases what the log and the stated changes say of them. dim_customer
-- follows from the changes: the caller writes the history anew in the same transaction.
CREATE FUNCTION eco.forget_customer(forgotten text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = eco, pg_temp
BEGIN ATOMIC
    INSERT INTO eco.forgotten_customer (customer_id) VALUES (forgotten) ON CONFLICT DO NOTHING;
    UPDATE eco.dimension_change
    SET attributes = '{}'
    WHERE dimension = 'customer' AND natural_key = forgotten AND attributes IS NOT NULL;
    UPDATE eco.quality_log
    SET row = row
    WHERE row ?| ARRAY['customer_id', 'text'] AND eco.is_about_forgotten(row);
END;

ALTER TABLE eco.dim_product ADD COLUMN is_deleted boolean NOT NULL DEFAULT false;
ALTER TABLE eco.dim_customer ADD COLUMN is_deleted boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN eco.dim_product.is_deleted IS
'The shop deleted it, or a full snapshot did not mention it; the attributes are those it had last.';

-- ---------------------------------------------------------------------------------------- facts
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
CREATE OR REPLACE FUNCTION eco.ensure_sales_partition(any_day date) RETURNS boolean
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
DROP FUNCTION eco.drop_sales_partition(date, bigint);
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
    INSERT INTO eco.sales_archive (object_name, first_day, sale_lines)
    VALUES (archive_name, drop_sales_partition.first_day, archived_lines);
END
$$;

-- ---------------------------------------------------------------------------------------- views
CREATE OR REPLACE VIEW eco.run_accounting AS
SELECT
    run_id, object_name, source, status, coalesce(reason, notice) AS reason, uploaded_at, started_at, finished_at,
    extract(EPOCH FROM finished_at - started_at)::double precision AS seconds,
    rows_read, rows_loaded, rows_unchanged, rows_superseded, rows_rejected, rows_held,
    rows_read = rows_loaded + rows_unchanged + rows_superseded + rows_rejected + rows_held AS balances
FROM eco.pipeline_run;

-- --------------------------------------------------------------------------------------- grants
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA eco FROM PUBLIC;
GRANT EXECUTE ON FUNCTION eco.fail_run TO
    eco_validator, eco_scorer, eco_transformer, eco_loader, eco_maintainer;

GRANT SELECT, INSERT ON eco.dimension_snapshot TO eco_loader;
GRANT SELECT, INSERT, UPDATE, DELETE ON eco.snapshot_mention TO eco_loader;
GRANT SELECT, INSERT, UPDATE, DELETE ON eco.sale_tombstone TO eco_loader;
GRANT SELECT ON eco.forgotten_customer, eco.sales_archive TO eco_loader;
GRANT EXECUTE ON FUNCTION eco.void_content, eco.sales_month TO eco_loader;

GRANT SELECT ON eco.sales_archive TO eco_maintainer;
GRANT EXECUTE ON FUNCTION eco.own_sales_month, eco.drop_sales_partition TO eco_maintainer;

GRANT UPDATE (restored_at) ON eco.sales_archive TO eco_operator;
GRANT INSERT ON eco.forgotten_customer, eco.sales_archive TO eco_operator;
GRANT EXECUTE ON FUNCTION eco.forget_customer, eco.sale_content TO eco_operator;

GRANT SELECT ON
    eco.dimension_snapshot, eco.snapshot_mention, eco.forgotten_customer, eco.sale_tombstone, eco.sales_archive
    TO eco_reader, eco_reviewer;
GRANT EXECUTE ON FUNCTION eco.carbon_savings_kg TO eco_reader, eco_reviewer;

RESET ROLE;
