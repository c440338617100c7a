-- What a part adds to the products of its days.
CREATE TEMPORARY TABLE added_product_day ON COMMIT DROP AS
SELECT * FROM eco.daily_product_sales
WITH NO DATA
