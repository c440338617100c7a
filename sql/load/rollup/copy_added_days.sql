COPY added_day FROM STDIN WITH (FORMAT binary)
