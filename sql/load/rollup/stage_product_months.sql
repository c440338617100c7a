-- What a part adds to the products of its months.
CREATE TEMPORARY TABLE added_product_month ON COMMIT DROP AS
SELECT * FROM eco.monthly_product_sales
WITH NO DATA
