SELECT eco.forget_customer(:customer_id)
