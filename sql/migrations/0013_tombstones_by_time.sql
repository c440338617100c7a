-- A load asks whether anything was voided, or stated whole, on its days: where not, it copies straight into the facts.

SET LOCAL ROLE eco_owner;

CREATE INDEX sale_tombstone_by_time ON eco.sale_tombstone (sale_timestamp);

RESET ROLE;
