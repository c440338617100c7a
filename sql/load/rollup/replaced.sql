-- The days that lost a line, whose locks this transaction holds.
SELECT eco.roll_up_sales(array_agg(DISTINCT (sale_timestamp AT TIME ZONE 'UTC')::date))
FROM present_sale
WHERE is_replaced AND NOT is_void AND line_no > 0
HAVING count(*) > 0
