COPY added_product_month FROM STDIN WITH (FORMAT binary)
