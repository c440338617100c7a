"""Passwords of database roles where the platform keeps them itself and hands over only their place."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from functions.settings import Settings


def password(settings: Settings) -> str:
    """The password of the database role: ECO_DB_PASSWORD, or what the secret ECO_DB_SECRET holds now."""
    return str(read(settings.db_secret)["password"]) if settings.db_secret else settings.db_password


def read(secret: str) -> dict[str, Any]:
    """A secret of AWS Secrets Manager, in the form in which RDS Proxy reads it: username and password."""
    content: dict[str, Any] = json.loads(_secrets().get_secret_value(SecretId=secret)["SecretString"])
    return content


@cache
def _secrets() -> Any:
    from functions.aws import client  # on AWS alone

    return client("secretsmanager")
