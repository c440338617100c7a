INSERT INTO eco.dim_customer (
    customer_id, valid_from, valid_to, is_current, is_inferred, is_deleted,
    loyalty_tier, segment, country, joined_on
)
SELECT
    timeline.natural_key, timeline.valid_from, timeline.valid_to,
    timeline.valid_to = 'infinity', timeline.valid_from = '-infinity', timeline.is_deleted,
    stated.loyalty_tier,
    stated.segment,
    stated.country,
    stated.joined_on
FROM timeline
CROSS JOIN LATERAL jsonb_to_record(timeline.attributes) AS stated (
    loyalty_tier text,
    segment text,
    country text,
    joined_on date
)
WHERE NOT EXISTS (
    SELECT FROM eco.dim_customer AS version
    WHERE version.customer_id = timeline.natural_key AND version.valid_from = timeline.valid_from
)
