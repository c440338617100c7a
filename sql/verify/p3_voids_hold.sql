-- A line is voided or stands: a newer sale takes the void's place, a newer void the sale's.
SELECT
    (SELECT count(*) FROM eco.sale_tombstone WHERE line_no > 0) AS checked,
    count(*) AS violated,
    min('run ' || sale.run_id || ', row ' || sale.source_row) AS example
FROM eco.sale_tombstone AS void
INNER JOIN eco.fact_sales AS sale USING (order_id, line_no, sale_timestamp)
