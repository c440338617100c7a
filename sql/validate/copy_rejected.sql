COPY incoming_rejected (source_row, column_name, value, reason, row) FROM STDIN WITH (FORMAT binary)
