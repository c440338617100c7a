-- Every day of a month, which this transaction owns.
SELECT eco.roll_up_sales(array_agg(day::date))
FROM generate_series(cast(:first_day AS date), cast(:first_day AS date) + interval '1 month' - interval '1 day', '1 day') AS day
