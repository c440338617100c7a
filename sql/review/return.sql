-- Released rows that cannot be loaded are open again, each with why.
WITH refused AS (
    SELECT quality_id, why
    FROM unnest(CAST(:quality_ids AS bigint []), CAST(:reasons AS text [])) AS given (quality_id, why)
),

returned AS (
    UPDATE eco.quality_log AS entry
    SET review_state = 'open', reviewed_by = 'load', reviewed_at = clock_timestamp(), review_note = refused.why
    FROM refused
    WHERE entry.quality_id = refused.quality_id
)

INSERT INTO eco.review_decision (quality_id, decision, decided_by, note)
SELECT quality_id, 'return', 'load', why
FROM refused
