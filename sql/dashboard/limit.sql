-- No query of the dashboard may hold a connection for longer than this, in milliseconds.
SELECT set_config('statement_timeout', cast(:milliseconds AS text), true)
