"""What a deployment runs once after it has changed: the newest schema, and the passwords of the roles.

The settings ECO_DB_* name the one who may change the schema, and the server itself, not the pooler. The passwords are
those in ECO_PASSWORD_ECO_LOADER and so on, or, on AWS, in the secrets that ECO_ROLE_SECRET names:
{"eco_loader": ARN, ...}.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pg8000 import native
from sqlalchemy import URL

from functions import secret
from functions.settings import Settings
from local import schema
from local.credentials import ROLES
from local.errors import LocalError, UsageError


def main() -> int:
    """Bring all up to date; what is so already stays as it is. Returns an exit code."""
    try:
        migrate(_settings(), passwords())
    except LocalError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def on_lambda(_event: object = None, _context: object = None) -> dict[str, Any]:
    """The same as a Lambda function; raises LocalError."""
    migrate(_settings(), passwords())
    return {"migrated": True}


def migrate(settings: Settings, role_passwords: Mapping[str, str]) -> None:
    """Bring the schema of a database to its newest version, and give each role its password; raises LocalError."""
    schema.migrate(_url(settings))
    with contextlib.closing(_connection(settings)) as connection:
        schema.set_passwords(connection, role_passwords)


def passwords(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The password of each role; raises UsageError where one is missing."""
    secrets: dict[str, str] = json.loads(environment.get("ECO_ROLE_SECRET") or "{}")
    known = {role: environment.get(f"ECO_PASSWORD_{role.upper()}", "") for role in ROLES}
    known |= {role: str(secret.read(name)["password"]) for role, name in secrets.items()}
    missing = [role for role in ROLES if not known[role]]
    if missing:
        raise UsageError(
            f"There is no password for {', '.join(missing)}. Set ECO_PASSWORD_{missing[0].upper()} and so on, "
            "or name the roles' secrets in ECO_ROLE_SECRET."
        )
    return known


def _settings() -> Settings:
    """The settings, with the login in ECO_DB_SECRET where there is one: RDS chooses both name and password."""
    settings = Settings.from_environment()
    if not settings.db_secret:
        return settings
    login = secret.read(settings.db_secret)
    return replace(settings, db_user=login["username"], db_password=login["password"], db_secret="")


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
    sys.exit(main())
