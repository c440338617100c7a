-- People review rejected and held rows: release, correct, dismiss, undo; the load function loads what they release.

SET LOCAL ROLE eco_owner;

ALTER TABLE eco.quality_log
    ADD COLUMN is_typed boolean NOT NULL DEFAULT false,
    ADD COLUMN corrected jsonb,
    ADD COLUMN review_outcome text,
    ADD COLUMN review_loaded_at timestamptz,
    DROP CONSTRAINT review_state_is_known,
    ADD CONSTRAINT review_state_is_known CHECK (review_state IN ('open', 'released', 'dismissed', 'loaded')),
    ADD CONSTRAINT review_is_of_rejected_or_held CHECK (review_state IS NULL OR kind IN ('rejected', 'held')),
    ADD CONSTRAINT review_outcome_is_known CHECK (review_outcome IN ('loaded', 'unchanged', 'superseded')),
    ADD CONSTRAINT loaded_has_outcome CHECK (
        (review_state IS NOT DISTINCT FROM 'loaded') = (review_outcome IS NOT NULL)
        AND (review_outcome IS NULL) = (review_loaded_at IS NULL)
    );
-- Held rows, and rows of archived months, had passed their contract.
UPDATE eco.quality_log
SET is_typed = true
WHERE kind = 'held' OR (kind = 'rejected' AND column_name = 'sale_timestamp' AND reason LIKE 'the month % is archived; %');
COMMENT ON COLUMN eco.quality_log.is_typed IS
'The row passed its contract, and is in the plain notation of the platform; else it is text as the file has it.';
COMMENT ON COLUMN eco.quality_log.corrected IS 'The whole row as a person corrected it, by the names of the platform.';
COMMENT ON COLUMN eco.quality_log.review_outcome IS 'What became of a released row when it was loaded.';
CREATE INDEX quality_log_released ON eco.quality_log (run_id, quality_id) WHERE review_state = 'released';

-- Every decision about a row of the quality log: by whom, when and why. Nothing is ever taken out of it.
CREATE TABLE eco.review_decision (
    decision_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    quality_id bigint NOT NULL REFERENCES eco.quality_log,
    decision text NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    note text,
    CONSTRAINT decision_is_known CHECK (decision IN ('release', 'correct', 'dismiss', 'undo', 'return')),
    CONSTRAINT decided_by_somebody CHECK (btrim(decided_by) <> '')
);
COMMENT ON COLUMN eco.review_decision.decision IS
'return: what was released could not be loaded, and is open again; the note says why.';
CREATE INDEX review_decision_of_row ON eco.review_decision (quality_id);

-- The only ways of a row through its review, whoever writes: loaded is final.
CREATE FUNCTION eco.guard_review() RETURNS trigger
LANGUAGE plpgsql SET search_path = eco, pg_temp AS $$
BEGIN
    IF (coalesce(OLD.review_state, 'none'), coalesce(NEW.review_state, 'none')) NOT IN (
        ('open', 'released'), ('open', 'dismissed'), ('released', 'open'), ('dismissed', 'open'), ('released', 'loaded')
    ) THEN
        RAISE EXCEPTION 'entry % of the quality log cannot go from % to %',
            OLD.quality_id, coalesce(OLD.review_state, 'none'), coalesce(NEW.review_state, 'none');
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard_review BEFORE UPDATE OF review_state ON eco.quality_log
FOR EACH ROW WHEN (OLD.review_state IS DISTINCT FROM NEW.review_state) EXECUTE FUNCTION eco.guard_review();

-- A person decides about rows of the quality log; what can be decided is, all else stays as it is. Comes back: each row
-- before and after. `correction` names columns of the platform and what they should have said; a row that could not be
-- split into columns is stated by it whole. `undo` takes any decision back until the row is loaded.
CREATE FUNCTION eco.review(
    reviewed bigint [], decision text, decided_by text, note text DEFAULT NULL, correction jsonb DEFAULT NULL
) RETURNS TABLE (quality_id bigint, state_before text, state_after text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = eco, pg_temp AS $$
BEGIN
    IF decision IS NULL OR decision NOT IN ('release', 'correct', 'dismiss', 'undo') THEN
        RAISE EXCEPTION 'a decision is release, correct, dismiss or undo, not %', coalesce(decision, 'NULL');
    END IF;
    IF (decision = 'correct') <> coalesce(jsonb_typeof(correction) = 'object' AND correction <> '{}', false) THEN
        RAISE EXCEPTION 'a correction, and nothing else, names columns and what they should have said';
    END IF;
    -- In order, so that no two wait for each other. What is read below is what the locks were granted for.
    PERFORM FROM eco.quality_log AS entry
    WHERE entry.quality_id = ANY(reviewed)
    ORDER BY entry.quality_id
    FOR UPDATE;
    RETURN QUERY
    WITH before AS (
        SELECT entry.quality_id, entry.review_state
        FROM eco.quality_log AS entry
        WHERE entry.quality_id = ANY(reviewed)
    ),
    changed AS (
        UPDATE eco.quality_log AS entry
        SET
            review_state = CASE review.decision WHEN 'undo' THEN 'open' WHEN 'dismiss' THEN 'dismissed' ELSE 'released' END,
            reviewed_by = review.decided_by,
            reviewed_at = clock_timestamp(),
            review_note = review.note,
            corrected = CASE WHEN review.decision = 'correct' THEN (entry.row - 'text') || review.correction END
        WHERE
            entry.quality_id = ANY(reviewed)
            AND CASE
                WHEN review.decision = 'undo' THEN entry.review_state IN ('released', 'dismissed')
                ELSE entry.review_state = 'open'
            END
        RETURNING entry.quality_id, entry.review_state
    ),
    kept AS (
        INSERT INTO eco.review_decision (quality_id, decision, decided_by, note)
        SELECT changed.quality_id, review.decision, review.decided_by, review.note
        FROM changed
    )
    SELECT before.quality_id, before.review_state, coalesce(changed.review_state, before.review_state)
    FROM before
    LEFT JOIN changed ON before.quality_id = changed.quality_id
    ORDER BY before.quality_id;
END
$$;

-- What remains of a row of a forgotten customer: the sale, or that something was stated and since when.
CREATE OR REPLACE FUNCTION eco.without_personal_data(logged jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT coalesce(jsonb_object_agg(field.key, field.value), '{}')
    FROM jsonb_each(logged) AS field
    WHERE
        field.key = 'customer_id'
        -- Since when something was so, without what: a change that was loaded keeps its place in the history.
        OR (field.key = 'valid_from' AND field.value #>> '{}' ~ '^\d{4}-\d\d-\d\d([ T][0-9:.]+)?(Z|[+-]\d\d:?\d\d)?$')
        OR (field.key = 'operation' AND field.value #>> '{}' IN ('upsert', 'delete'))
        OR (
            logged ? 'order_id'
            AND field.key IN (
                'order_id', 'line_no', 'sale_timestamp', 'product_id', 'quantity', 'unit_price', 'discount_rate',
                'net_amount', 'currency', 'country', 'operation'
            )
        )
);

DROP TRIGGER erase_forgotten ON eco.quality_log;
CREATE OR REPLACE FUNCTION eco.erase_forgotten() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = eco, pg_temp AS $$
BEGIN
    IF eco.is_about_forgotten(NEW.row) THEN
        NEW.row := eco.without_personal_data(NEW.row);
        NEW.review_note := NULL;
        IF NEW.kind = 'rejected' THEN
            NEW.value := NULL;
            NEW.reason := 'the row broke its contract; what it said of the customer was erased';
        END IF;
    END IF;
    IF eco.is_about_forgotten(NEW.corrected) THEN
        NEW.corrected := eco.without_personal_data(NEW.corrected);
        NEW.review_note := NULL;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER erase_forgotten BEFORE INSERT OR UPDATE OF row, corrected ON eco.quality_log
FOR EACH ROW WHEN (NEW.row ?| ARRAY['customer_id', 'text'] OR NEW.corrected ? 'customer_id')
EXECUTE FUNCTION eco.erase_forgotten();

-- Remembers that a customer is forgotten, and erases what the log and the stated changes say of them. dim_customer
-- follows from the changes: the caller writes the history anew in the same transaction.
CREATE OR REPLACE FUNCTION eco.forget_customer(forgotten text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = eco, pg_temp
BEGIN ATOMIC
    INSERT INTO eco.forgotten_customer (customer_id) VALUES (forgotten) ON CONFLICT DO NOTHING;
    UPDATE eco.dimension_change
    SET attributes = '{}'
    WHERE dimension = 'customer' AND natural_key = forgotten AND attributes IS NOT NULL;
    -- What people noted about such a row, before it is erased and not known as such any more.
    UPDATE eco.review_decision
    SET note = NULL
    WHERE
        note IS NOT NULL
        AND quality_id IN (
            SELECT entry.quality_id
            FROM eco.quality_log AS entry
            WHERE eco.is_about_forgotten(entry.row) OR eco.is_about_forgotten(entry.corrected)
        );
    UPDATE eco.quality_log
    SET row = row
    WHERE
        (row ?| ARRAY['customer_id', 'text'] AND eco.is_about_forgotten(row))
        OR (corrected ? 'customer_id' AND eco.is_about_forgotten(corrected));
END;

REVOKE ALL ON FUNCTION eco.review, eco.guard_review FROM PUBLIC;
REVOKE UPDATE (review_state, reviewed_by, reviewed_at, review_note) ON eco.quality_log FROM eco_reviewer;
GRANT EXECUTE ON FUNCTION eco.review TO eco_operator;
GRANT EXECUTE ON FUNCTION eco.review TO eco_reviewer;
GRANT UPDATE (review_state, reviewed_by, reviewed_at, review_note, review_outcome, review_loaded_at)
    ON eco.quality_log TO eco_loader;
GRANT UPDATE (corrected) ON eco.quality_log TO eco_operator;
GRANT INSERT ON eco.review_decision TO eco_loader;
GRANT SELECT (run_id, review_state, reviewed_at) ON eco.quality_log TO eco_maintainer;
GRANT SELECT ON eco.review_decision TO eco_reader, eco_reviewer;

RESET ROLE;
