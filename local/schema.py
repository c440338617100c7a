"""Databases as their superuser makes them: the schema brought up to date, each role given its password."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping

from pg8000 import native

from local import pgbouncer
from local.credentials import ROLES, SUPERUSER, credentials
from local.errors import LocalError
from local.home import ADDRESS, DATABASE, REPOSITORY, Home

REFUSED_LOGIN = "28P01"
MIGRATIONS = "sql/alembic.ini"


def accepts_connections(home: Home) -> bool:
    """Whether PostgreSQL lets the superuser in."""
    try:
        _superuser(home, "postgres").close()
    except native.InterfaceError:
        return False
    except native.DatabaseError as error:
        if REFUSED_LOGIN in str(error):
            raise LocalError(
                f"PostgreSQL in {home.path} does not accept the password in credentials.json beside it. "
                "Put the file back that was there, or start anew with `python -m local reset`."
            ) from error
        return False
    return True


def set_up(home: Home, database: str = DATABASE) -> None:
    """Make the database where it is missing, bring it to the newest schema, set the passwords of its roles."""
    with contextlib.closing(_superuser(home, "postgres")) as connection:
        if not connection.run("SELECT FROM pg_database WHERE datname = :name", name=database):
            connection.run(f"CREATE DATABASE {native.identifier(database)}")
    migrate(superuser_url(home, database))
    with contextlib.closing(_superuser(home, database)) as connection:
        set_passwords(connection, credentials(home))


def drop(home: Home, database: str) -> None:
    """Drop a database, whoever is connected to it; one that is not there is fine."""
    with contextlib.closing(_superuser(home, "postgres")) as connection:
        connection.run(f"DROP DATABASE IF EXISTS {native.identifier(database)} WITH (FORCE)")


def superuser_url(home: Home, database: str = DATABASE) -> str:
    """The address of a database for the one who may change its schema, not through the pooler."""
    login = f"{SUPERUSER}:{credentials(home)[SUPERUSER]}"
    return f"postgresql+pg8000://{login}@{ADDRESS}:{pgbouncer.database_port(home)}/{database}"


def _superuser(home: Home, database: str) -> native.Connection:
    return native.Connection(
        SUPERUSER,
        host=ADDRESS,
        port=pgbouncer.database_port(home),
        database=database,
        password=credentials(home)[SUPERUSER],
        timeout=10,
    )


def set_passwords(connection: native.Connection, passwords: Mapping[str, str]) -> None:
    """Give each role its password."""
    for role in ROLES:
        connection.run(f"ALTER ROLE {native.identifier(role)} PASSWORD {native.literal(passwords[role])}")


def migrate(url: str) -> None:
    """Bring the database at `url` to the newest schema; raises LocalError."""
    result = subprocess.run(
        [sys.executable, "-m", "alembic", "-c", MIGRATIONS, "upgrade", "head"],
        cwd=REPOSITORY,
        env={**os.environ, "ECO_MIGRATION_URL": url},
        capture_output=True,
        text=True,
    )
    if result.returncode != 0:
        raise LocalError(f"The migrations in {MIGRATIONS} failed:\n{result.stderr.strip()}")
