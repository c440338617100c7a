-- What a file says of a customer who was forgotten is not taken in.
UPDATE incoming_change
SET attributes = '{}'
FROM eco.forgotten_customer AS forgotten
WHERE incoming_change.natural_key = forgotten.customer_id AND incoming_change.attributes IS NOT NULL
