-- What people let through: each product at each price, and its largest quantity there.
SELECT product_id, unit_price, max(quantity) AS quantity
FROM eco.released_value
WHERE unit_price > 0 AND quantity > 0
GROUP BY product_id, unit_price
ORDER BY product_id COLLATE "C", unit_price
