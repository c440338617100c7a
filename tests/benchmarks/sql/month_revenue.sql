SELECT currency, sum(net_amount) AS revenue, count(*) AS sale_lines
FROM eco.fact_sales
WHERE sale_timestamp >= :since AND sale_timestamp < :until
GROUP BY currency
