SELECT eco.ensure_sales_partition(:first_day)
