SELECT eco.sum_month_by_country(:first_day)
