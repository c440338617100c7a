COPY eco.daily_sales FROM STDIN WITH (FORMAT binary)
