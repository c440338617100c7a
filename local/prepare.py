"""`python -m local.prepare`: what docker compose runs once, before the functions: schema and passwords.

The settings ECO_DB_* name the superuser and the server itself, not the pooler; each role gets the same password.
"""

from __future__ import annotations

from functions.settings import Settings
from local.credentials import ROLES
from local.migrate import migrate


def main() -> None:
    """Bring all up to date; what is so already stays as it is."""
    settings = Settings.from_environment()
    migrate(settings, dict.fromkeys(ROLES, settings.db_password))


if __name__ == "__main__":
    main()
