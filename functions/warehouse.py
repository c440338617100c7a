"""The warehouse: transactions through the connection pooler, and COPY of whole tables.

Every statement runs inside an explicit transaction: PgBouncer's transaction pooling may give the parse and the bind
of a lone statement to two different servers.

SQLAlchemy and the driver are imported with the first transaction: a function that only records its failures here starts
without them.
"""

from __future__ import annotations

import socket
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, BinaryIO

from functions.secret import password
from functions.settings import Settings
from functions.sql import query

if TYPE_CHECKING:
    import pg8000
    import pyarrow as pa
    import sqlalchemy

CONNECT_SECONDS = 10
RECYCLE_SECONDS = 300
UNIQUE_VIOLATION = "23505"


class CopyRefusedError(RuntimeError):
    """PostgreSQL refused a COPY. Its own message quotes the line, which must not get into a log: only its code does."""

    def __init__(self, name: str, error: pg8000.DatabaseError) -> None:
        """`name` is that of the statement's file, `error` what PostgreSQL said."""
        fields = error.args[0] if isinstance(error.args[0], dict) else {}
        self.code = fields.get("C", "unknown")
        super().__init__(f"sql/{name}.sql was refused with SQLSTATE {self.code}")


@cache
def _statement(name: str) -> sqlalchemy.TextClause:
    import sqlalchemy

    return sqlalchemy.text(query(name))


@dataclass(frozen=True)
class Transaction:
    """One open transaction; it commits when its block ends, and rolls back when the block raises."""

    connection: sqlalchemy.Connection

    def run(self, name: str, **parameters: Any) -> sqlalchemy.CursorResult[Any]:
        """Execute sql/`name`.sql with bound parameters."""
        return self.connection.execute(_statement(name), parameters)

    def value(self, name: str, **parameters: Any) -> Any:
        """The single value that sql/`name`.sql returns; None where it returns no row."""
        return self.run(name, **parameters).scalar()

    def copy(self, name: str, table: pa.Table, json: Collection[str] = ()) -> None:
        """COPY the columns of `table`, in their order, by the COPY … FROM STDIN statement in sql/`name`.sql.

        They have the types of the columns that they enter, exactly; the texts of those in `json` become jsonb.
        """
        from functions.copying import in_binary

        self._copy(name, in_binary(table, json))

    def copy_new(self, name: str, table: pa.Table) -> bool:
        """COPY as `copy` does, unless a key of the rows is there already: then nothing is copied, and it is False."""
        with self.connection.begin_nested() as savepoint:
            try:
                self.copy(name, table)
            except CopyRefusedError as error:
                savepoint.rollback()
                if error.code != UNIQUE_VIOLATION:
                    raise
                return False
        return True

    def copy_out(self, name: str, sink: BinaryIO) -> None:
        """Write what the COPY … TO STDOUT statement in sql/`name`.sql gives to `sink`, a row at a time."""
        self._copy(name, sink)

    def _copy(self, name: str, stream: Iterable[bytes | pa.Buffer] | BinaryIO) -> None:
        import pg8000

        cursor: Any = self.connection.connection.cursor()
        try:
            cursor.execute(query(name), stream=stream)
        except pg8000.DatabaseError as error:
            raise CopyRefusedError(name, error) from None


@dataclass(frozen=True)
class Warehouse:
    """The database as one role sees it."""

    settings: Settings = field(repr=False)
    answer_seconds: float | None = None

    @cached_property
    def engine(self) -> sqlalchemy.Engine:
        """The pool of connections; none is opened before the first transaction."""
        import sqlalchemy

        from functions.driver import Connection

        settings = self.settings

        def open_connection() -> Connection:
            sock = socket.create_connection((settings.db_host, settings.db_port), CONNECT_SECONDS)
            # Without it, the last packet of each small COPY waits 40 ms for the server's delayed acknowledgement.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(self.answer_seconds)
            return Connection(
                settings.db_user,
                password=password(settings),
                database=settings.db_name,
                sock=sock,
            )

        return sqlalchemy.create_engine(
            "postgresql+pg8000://",
            creator=open_connection,
            pool_size=settings.db_pool_size,
            max_overflow=0,
            pool_recycle=RECYCLE_SECONDS,
            hide_parameters=True,  # errors are logged
        )

    def prepare(self) -> None:
        """Import what a transaction takes now, and not with the first one."""
        _ = self.engine

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
    return Warehouse(settings, answer_seconds)
