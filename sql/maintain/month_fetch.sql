FETCH 50000 FROM month_rows
