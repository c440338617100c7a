-- The days of the part, whose locks this transaction holds.
SELECT eco.roll_up_sales(array_agg(DISTINCT (group_time AT TIME ZONE 'UTC')::date))
FROM incoming_sale
