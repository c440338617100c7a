"""The warehouse: transactions through the connection pooler, and COPY of whole tables.

Every statement runs inside an explicit transaction: PgBouncer's transaction pooling may give the parse and the bind
of a lone statement to two different servers.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import sqlalchemy
from pyarrow import csv

from functions.settings import Settings
from functions.sql import query


@dataclass(frozen=True)
class Transaction:
    """One open transaction; it commits when its block ends, and rolls back when the block raises."""

    connection: sqlalchemy.Connection

    def run(self, name: str, **parameters: Any) -> sqlalchemy.CursorResult[Any]:
        """Execute sql/`name`.sql with bound parameters."""
        return self.connection.execute(sqlalchemy.text(query(name)), parameters)

    def value(self, name: str, **parameters: Any) -> Any:
        """The single value that sql/`name`.sql returns; None where it returns no row."""
        return self.run(name, **parameters).scalar()

    def copy(self, name: str, table: pa.Table) -> None:
        """COPY the columns of `table`, in their order, by the COPY … FROM STDIN statement in sql/`name`.sql."""
        stream = io.BytesIO()
        csv.write_csv(table, stream, csv.WriteOptions(include_header=False))
        stream.seek(0)
        cursor: Any = self.connection.connection.cursor()
        cursor.execute(query(name), stream=stream)


@dataclass(frozen=True)
class Warehouse:
    """The database as one role sees it."""

    engine: sqlalchemy.Engine

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Open a transaction on a pooled connection."""
        with self.engine.begin() as connection:
            yield Transaction(connection)


def connect(settings: Settings) -> Warehouse:
    """The warehouse of these settings; no connection is opened before the first transaction."""
    url = sqlalchemy.URL.create(
        "postgresql+pg8000",
        username=settings.db_user,
        password=settings.db_password,
        host=settings.db_host,
        port=settings.db_port,
        database=settings.db_name,
    )
    return Warehouse(sqlalchemy.create_engine(url, pool_size=settings.db_pool_size, max_overflow=0, pool_recycle=300))
