INSERT INTO eco.sales_archive (object_name, first_day, sale_lines) VALUES (:object_name, :first_day, :sale_lines)
