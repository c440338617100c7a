-- Versions that have vanished, now or before (an empty range), kept what they said.
UPDATE eco.dim_customer
SET loyalty_tier = NULL, segment = NULL, country = NULL, joined_on = NULL
WHERE customer_id = :customer_id AND num_nonnulls(loyalty_tier, segment, country, joined_on) > 0
