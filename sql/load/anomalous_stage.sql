CREATE TEMPORARY TABLE incoming_anomalous (
    source_row bigint, reason text, score double precision, row jsonb
) ON COMMIT DROP
