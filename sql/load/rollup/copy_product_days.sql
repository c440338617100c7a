COPY eco.daily_product_sales FROM STDIN WITH (FORMAT binary)
