SELECT eco.own_sales_month(:first_day)
