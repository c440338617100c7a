COPY incoming_anomalous (source_row, reason, score, row) FROM STDIN WITH (FORMAT binary)
