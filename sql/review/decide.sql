SELECT quality_id, state_before, state_after
FROM eco.review(
    CAST(:quality_ids AS bigint []), CAST(:decision AS text), CAST(:decided_by AS text), CAST(:note AS text),
    CAST(:correction AS jsonb)
)
