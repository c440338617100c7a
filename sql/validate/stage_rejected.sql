CREATE TEMPORARY TABLE incoming_rejected (
    source_row bigint, column_name text, value text, reason text, row jsonb
) ON COMMIT DROP
