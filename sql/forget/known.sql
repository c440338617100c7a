-- What is known of a customer besides the id, as counts: versions, stated changes and log entries that say anything.
SELECT
    EXISTS (SELECT FROM eco.dim_customer WHERE customer_id = :customer_id) AS is_customer,
    (
        SELECT count(*)
        FROM eco.dim_customer
        WHERE customer_id = :customer_id AND num_nonnulls(loyalty_tier, segment, country, joined_on) > 0
    ) AS versions,
    (
        SELECT count(*)
        FROM eco.dimension_change
        WHERE dimension = 'customer' AND natural_key = :customer_id AND attributes <> '{}'
    ) AS changes,
    (
        -- As eco.is_about_forgotten judges, but for this one customer.
        SELECT count(*)
        FROM eco.quality_log
        WHERE
            :customer_id
            IN (btrim(row ->> 'customer_id'), regexp_replace(btrim(row ->> 'customer_id'), '\.0+$', ''))
            OR position(:customer_id IN row ->> 'text') > 0
    ) AS log_entries
