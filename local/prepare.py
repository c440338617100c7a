"""`python -m local.prepare`: what docker compose runs once, before the functions: schema and passwords.

The settings ECO_DB_* name the superuser and the server itself, not the pooler; each role gets the same password.
"""

from __future__ import annotations

import contextlib

from pg8000 import native
from sqlalchemy import URL

from functions.settings import Settings
from local import schema
from local.credentials import ROLES


def main() -> None:
    """Bring all up to date; what is so already stays as it is."""
    settings = Settings.from_environment()
    schema.migrate(_url(settings))
    with contextlib.closing(_connection(settings)) as connection:
        schema.set_passwords(connection, dict.fromkeys(ROLES, settings.db_password))


def _url(settings: Settings) -> str:
    url = URL.create(
        "postgresql+pg8000",
        settings.db_user,
        settings.db_password,
        settings.db_host,
        settings.db_port,
        settings.db_name,
    )
    return url.render_as_string(hide_password=False)


def _connection(settings: Settings) -> native.Connection:
    return native.Connection(
        settings.db_user,
        password=settings.db_password,
        host=settings.db_host,
        port=settings.db_port,
        database=settings.db_name,
    )


if __name__ == "__main__":
    main()
