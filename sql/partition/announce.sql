SELECT eco.announce_sales_partition(:first_day)
