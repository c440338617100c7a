-- Loads add to the sums what they bring, and write them anew only where something is taken out.

SET LOCAL ROLE eco_owner;

GRANT UPDATE ON eco.daily_sales, eco.daily_product_sales, eco.monthly_product_sales TO eco_loader;

-- The primary key serves who asks for one product as well: it is searched once for each day.
DROP INDEX eco.daily_product_sales_by_product;

RESET ROLE;
