SELECT eco.drop_sales_partition(:first_day, :archived_rows)
