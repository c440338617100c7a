"""Passwords where the platform keeps them itself and hands over only their place."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from functions.settings import Settings


class SecretError(OSError):
    """A secret cannot be read."""


def password(settings: Settings) -> str:
    """The password of the database role: ECO_DB_PASSWORD, or what the secret ECO_DB_SECRET holds now."""
    return str(read(settings.db_secret)["password"]) if settings.db_secret else settings.db_password


def smtp_password(settings: Settings) -> str:
    """The password at the mail server: SMTP_PASSWORD, or what the secret ECO_SMTP_SECRET holds now."""
    return str(read(settings.smtp_secret)["password"]) if settings.smtp_secret else settings.smtp_password


def read(secret: str) -> dict[str, Any]:
    """A secret of AWS Secrets Manager, as RDS Proxy reads it: username and password; raises SecretError."""
    from botocore.exceptions import BotoCoreError, ClientError  # on AWS alone

    try:
        content: dict[str, Any] = json.loads(_secrets().get_secret_value(SecretId=secret)["SecretString"])
    except (BotoCoreError, ClientError) as error:
        raise SecretError(f"the secret {secret} cannot be read: {error}") from error
    return content


@cache
def _secrets() -> Any:
    from functions.aws import client

    return client("secretsmanager")
