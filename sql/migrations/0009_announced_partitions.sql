-- A partition that was attached is announced once more, so that no session overlooks it.

SET LOCAL ROLE eco_owner;

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

REVOKE ALL ON FUNCTION eco.announce_sales_partition, eco.refuse_misplaced_sale FROM PUBLIC;
GRANT EXECUTE ON FUNCTION eco.announce_sales_partition TO eco_loader, eco_maintainer;

RESET ROLE;
