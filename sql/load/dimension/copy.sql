COPY incoming_change (natural_key, valid_from, attributes, source_row) FROM STDIN WITH (FORMAT binary)
