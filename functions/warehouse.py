"""The warehouse: transactions through the connection pooler, and COPY of whole tables.

Every statement runs inside an explicit transaction: PgBouncer's transaction pooling may give the parse and the bind
of a lone statement to two different servers.
"""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

import pg8000
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy
from pyarrow import csv

from functions.secret import password
from functions.settings import Settings
from functions.sql import query

CONNECT_SECONDS = 10
RECYCLE_SECONDS = 300
COPY_BYTES = 1024 * 1024


class CopyRefusedError(RuntimeError):
    """PostgreSQL refused a COPY. Its own message quotes the line, which must not get into a log: only its code does."""

    def __init__(self, name: str, error: pg8000.DatabaseError) -> None:
        """`name` is that of the statement's file, `error` what PostgreSQL said."""
        fields = error.args[0] if isinstance(error.args[0], dict) else {}
        super().__init__(f"sql/{name}.sql was refused with SQLSTATE {fields.get('C', 'unknown')}")


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
        text = io.BytesIO()
        # Without empty batches: for one at the beginning, pyarrow 26 writes what happens to lie in its buffer.
        filled = pa.Table.from_batches([batch for batch in table.to_batches() if batch.num_rows], table.schema)
        csv.write_csv(with_plain_times(filled), text, csv.WriteOptions(include_header=False))
        whole = text.getbuffer()
        cursor: Any = self.connection.connection.cursor()
        try:
            cursor.execute(query(name), stream=[whole[at : at + COPY_BYTES] for at in range(0, len(whole), COPY_BYTES)])
        except pg8000.DatabaseError as error:
            raise CopyRefusedError(name, error) from None

    def copy_out(self, name: str, sink: BinaryIO) -> None:
        """Write what the COPY … TO STDOUT statement in sql/`name`.sql gives to `sink`, a row at a time."""
        cursor: Any = self.connection.connection.cursor()
        try:
            cursor.execute(query(name), stream=sink)
        except pg8000.DatabaseError as error:
            raise CopyRefusedError(name, error) from None


def with_plain_times(table: pa.Table) -> pa.Table:
    """The table with its instants (UTC) as text: to write them as they are takes pyarrow ten times as long."""
    for at, column in enumerate(table.schema):
        if pa.types.is_timestamp(column.type) and column.type.tz:
            local = table.column(at).cast(pa.timestamp(column.type.unit)).cast(pa.string())
            table = table.set_column(at, column.name, pc.binary_join_element_wise(local, "Z", ""))
    return table


@dataclass(frozen=True)
class Warehouse:
    """The database as one role sees it."""

    engine: sqlalchemy.Engine

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Open a transaction on a pooled connection."""
        with self.engine.begin() as connection:
            yield Transaction(connection)


def connect(settings: Settings, answer_seconds: float | None = None) -> Warehouse:
    """The warehouse of these settings; no connection is opened before the first transaction.

    A statement without an answer after `answer_seconds` raises; by default it is waited for. While the database is
    away, the pooler may hold a statement for minutes.
    """

    def open_connection() -> pg8000.Connection:
        sock = socket.create_connection((settings.db_host, settings.db_port), CONNECT_SECONDS)
        # Without it, the last packet of each small COPY waits 40 ms for the server's delayed acknowledgement.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(answer_seconds)
        return pg8000.Connection(settings.db_user, password=password(settings), database=settings.db_name, sock=sock)

    return Warehouse(
        sqlalchemy.create_engine(
            "postgresql+pg8000://",
            creator=open_connection,
            pool_size=settings.db_pool_size,
            max_overflow=0,
            pool_recycle=RECYCLE_SECONDS,
            hide_parameters=True,  # errors are logged
        )
    )
