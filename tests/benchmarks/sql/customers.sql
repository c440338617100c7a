-- Customers as loads make them: an inferred version opens each history, the stated one is valid from 2020 on.
INSERT INTO eco.dim_customer (
    customer_id, valid_from, valid_to, is_current, is_inferred, loyalty_tier, segment, country, joined_on
)
SELECT
    'C' || lpad(customer_no::text, 6, '0'), version.valid_from, version.valid_to, NOT version.is_inferred,
    version.is_inferred, (ARRAY['bronze', 'silver', 'gold'])[1 + customer_no % 3], 'home',
    (ARRAY['France', 'Germany', 'Spain', 'Italy'])[1 + customer_no % 4], '2019-01-01'::date + customer_no % 365
FROM generate_series(0, 19999) AS customer_no
CROSS JOIN (
    VALUES ('-infinity'::timestamptz, '2020-01-01'::timestamptz, true), ('2020-01-01', 'infinity', false)
) AS version (valid_from, valid_to, is_inferred)
