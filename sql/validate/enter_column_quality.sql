INSERT INTO eco.run_column_quality (run_id, column_name, nulls, distinct_values, is_estimate, lowest, highest)
SELECT :run_id, seen.*
FROM unnest(
    cast(:names AS text []), cast(:nulls AS bigint []), cast(:distinct_values AS bigint []),
    cast(:are_estimates AS boolean []), cast(:lowest AS text []), cast(:highest AS text [])
) AS seen
