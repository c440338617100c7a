-- A contract may say that anomalous sales are loaded and flagged, not held.
SET LOCAL ROLE eco_owner;

ALTER TABLE eco.quality_log
    DROP CONSTRAINT kind_is_known,
    DROP CONSTRAINT held_names_its_model,
    ADD CONSTRAINT kind_is_known CHECK (kind IN ('rejected', 'held', 'superseded', 'flagged')),
    ADD CONSTRAINT anomaly_names_its_model CHECK (
        kind NOT IN ('held', 'flagged') OR (score IS NOT NULL AND model_version IS NOT NULL)
    );
COMMENT ON TABLE eco.quality_log IS
'Rows that are not in the facts, whole: rejected (breaks its contract), held (anomalous), superseded (a newer '
'delivery has other content). And rows that are, though they are anomalous: flagged.';

RESET ROLE;
