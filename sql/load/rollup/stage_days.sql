-- What a part adds to its days.
CREATE TEMPORARY TABLE added_day ON COMMIT DROP AS
SELECT * FROM eco.daily_sales
WITH NO DATA
