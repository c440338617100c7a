-- Loads of sales share the dimensions; a load of products or customers waits for them, and they for it, so that no
-- sale is resolved against a history that is changing.
SELECT pg_advisory_xact_lock_shared(hashtext('eco.dimensions'))
