COPY added_product_day FROM STDIN WITH (FORMAT binary)
