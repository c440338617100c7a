INSERT INTO eco.forgotten_customer (customer_id, forgotten_at) VALUES (:customer_id, :forgotten_at)
