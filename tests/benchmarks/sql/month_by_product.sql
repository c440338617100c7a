-- As the dashboard asks for it.
SELECT sold.product_key, sold.currency, sum(sold.net_amount) AS revenue
FROM eco.product_sales(:first_day, :end_day, cast(ARRAY[] AS text [])) AS sold
GROUP BY sold.product_key, sold.currency
