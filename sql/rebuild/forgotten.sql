SELECT customer_id, forgotten_at FROM eco.forgotten_customer
