-- A COPY takes no parameters: the month that it is to write, until the transaction ends.
SELECT set_config('eco.first_day', :first_day, true)
