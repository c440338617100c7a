-- Versions that begin when one began before keep their key.
UPDATE eco.dim_customer AS version
SET
    valid_to = timeline.valid_to,
    is_current = timeline.valid_to = 'infinity',
    is_deleted = timeline.is_deleted,
    loyalty_tier = stated.loyalty_tier,
    segment = stated.segment,
    country = stated.country,
    joined_on = stated.joined_on
FROM timeline
CROSS JOIN LATERAL jsonb_to_record(timeline.attributes) AS stated (
    loyalty_tier text,
    segment text,
    country text,
    joined_on date
)
WHERE version.customer_id = timeline.natural_key AND version.valid_from = timeline.valid_from
