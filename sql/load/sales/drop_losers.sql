-- What lost to a newer statement does not enter the facts.
DELETE FROM resolved_sale AS sale
USING incoming_sale AS stated
WHERE sale.source_row = stated.source_row AND NOT stated.is_kept
