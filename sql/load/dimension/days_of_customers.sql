-- The days on which customers bought whose attributes changed from an instant on. A version may keep its key and change
-- its attributes, so the sales that were pointed anew are not all.
SELECT DISTINCT sale.sale_date
FROM eco.fact_sales AS sale
INNER JOIN eco.dim_customer AS customer ON sale.customer_key = customer.customer_key
WHERE customer.customer_id IN (SELECT natural_key FROM timeline) AND sale.sale_timestamp >= :changed_from
