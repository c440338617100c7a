SELECT eco.drop_sales_partition(:first_day, :archive_name, :archived_lines)
