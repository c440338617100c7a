"""The whole platform on one machine, without Docker: real PostgreSQL, PgBouncer, storage emulator, functions."""
