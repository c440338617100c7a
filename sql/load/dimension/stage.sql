-- What one part says of a dimension: the attributes of a key from an instant on; NULL where the key is deleted from then
-- on. Row 0 is what follows from a full snapshot as a whole.
CREATE TEMPORARY TABLE incoming_change (
    natural_key text NOT NULL,
    valid_from timestamptz NOT NULL,
    attributes jsonb,
    source_row bigint NOT NULL,
    outcome text NOT NULL DEFAULT 'loaded',
    is_kept boolean NOT NULL DEFAULT true
) ON COMMIT DROP
