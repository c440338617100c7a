SELECT eco.roll_up_sales(cast(:days AS date []))
