"""Connections to the warehouse through the pooler, as one of its roles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from functions.settings import Settings
from functions.warehouse import Transaction, Warehouse, connect
from local.credentials import credentials
from local.errors import LocalError
from local.home import ADDRESS, DATABASE, Home


def warehouse(home: Home, role: str = "eco_reader") -> Warehouse:
    """The warehouse as a role sees it through the pooler."""
    return connect(
        Settings(
            db_host=ADDRESS,
            db_port=home.port("pgbouncer"),
            db_name=DATABASE,
            db_user=role,
            db_password=credentials(home)[role],
            db_pool_size=2,
        )
    )


@contextmanager
def reading(of: Warehouse) -> Iterator[Transaction]:
    """A transaction on the warehouse; raises LocalError where the database does not answer."""
    with answering(), of.transaction() as transaction:
        yield transaction


@contextmanager
def answering() -> Iterator[None]:
    """Raises LocalError where the database does not answer, or answers with an error."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:  # the latter where nothing listens
        raise LocalError(f"The database: {error}\nIs the stack up? `python -m local status` tells.") from error
