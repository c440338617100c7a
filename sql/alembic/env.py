"""Runs the migrations against the database of ECO_MIGRATION_URL."""

import os

import sqlalchemy
from alembic import context

engine = sqlalchemy.create_engine(os.environ["ECO_MIGRATION_URL"], poolclass=sqlalchemy.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
