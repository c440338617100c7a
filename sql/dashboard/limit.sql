-- No query of the dashboard may hold a connection for longer than this, in milliseconds.
SELECT set_config('statement_timeout', CAST(:milliseconds AS text), true)
