COPY incoming_held (source_row, reason, score, row) FROM STDIN WITH (FORMAT csv)
