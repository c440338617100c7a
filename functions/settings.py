"""Settings of the functions, read from the environment, typed and checked at start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, Self

PREFIX = "ECO_"
# Known by these names in other software too, so they have no prefix.
WITHOUT_PREFIX = ("SMTP_HOST", "SMTP_PORT", "SMTP_USER", "SMTP_PASSWORD", "SMTP_TLS", "ALERT_EMAIL")
TLS_CHOICES = ("on", "implicit", "off")


class SettingsError(ValueError):
    """A setting in the environment is not what it has to be."""


def setting(default: Any, description: str, choices: tuple[str, ...] = ()) -> Any:
    """A field of `Settings`: its default, which also gives its type, what it means, and what alone it can be."""
    return field(default=default, metadata={"description": description, "choices": choices})


@dataclass(frozen=True)
class Settings:
    """Every setting of the functions; field `db_host` is environment variable `ECO_DB_HOST`."""

    db_host: str = setting("127.0.0.1", "host of the connection pooler (PgBouncer)")
    db_port: int = setting(6432, "port of the connection pooler")
    db_name: str = setting("eco", "database")
    db_user: str = setting("", "database role of this function, for example eco_loader")
    db_password: str = setting("", "password of that role; in the cloud it comes from the secret manager")
    db_secret: str = setting("", "AWS: the secret that holds that password, instead of ECO_DB_PASSWORD")
    db_pool_size: int = setting(8, "connections that one function process may hold open")

    store: str = setting("gcs", "object store: gcs (Google Cloud Storage) or s3 (Amazon S3)")
    bucket_raw: str = setting("eco-raw", "bucket in which uploads land")
    bucket_validated: str = setting("eco-validated", "bucket of validated parts")
    bucket_scored: str = setting("eco-scored", "bucket of scored parts")
    bucket_curated: str = setting("eco-curated", "bucket of curated parts, ready to load")
    bucket_archive: str = setting("eco-archive", "bucket of months that retention took out of the warehouse")
    bucket_models: str = setting("eco-models", "bucket of anomaly models; what is in it is never deleted")

    part_rows: int = setting(100_000, "rows in one part, the unit that flows from function to function")
    lease_seconds: int = setting(30, "seconds without a sign of life before another attempt may validate a file")
    max_file_bytes: int = setting(20_000_000_000, "a file larger than this once unpacked is refused")

    delivery_url: str = setting(
        "http://127.0.0.1:8791/{function}",
        "where maintain delivers missed events, with s3 an SQS queue; {function} is replaced",
    )
    horizon_months: int = setting(3, "months of partitions that exist ahead of the current one")
    retention_months: int = setting(0, "months of sales kept in the warehouse before archiving; 0 keeps all")
    train_after_hours: int = setting(24, "hours from one training of the anomaly model to the next")
    model_version: str = setting(
        "", "anomaly model to score with, such as history-2-0123456789abcdef; empty: the newest; batch-2: none"
    )
    stage_retention_hours: int = setting(24, "hours that stage objects of finished runs are kept")
    redeliver_after_minutes: int = setting(10, "minutes without progress before a run's events are delivered again")
    hang_after_minutes: int = setting(180, "minutes without progress before a run is marked FAILED")

    alert_rejected_percent: int = setting(5, "percent of a file's rows that may be rejected without an alert")
    alert_held_percent: int = setting(5, "percent of a file's rows that may be held without an alert")
    alert_group_minutes: int = setting(60, "minutes between two messages about the same kind of trouble")
    alert_repeat_hours: int = setting(24, "hours before the same trouble is told again, if it goes on")
    alert_webhook_url: str = setting("", "where alerts are posted as JSON that Slack takes; empty posts none")
    dashboard_url: str = setting("http://127.0.0.1:8501", "address of the dashboard, as alerts link to it")
    dead_letter_url: str = setting("", "where maintain asks for dead letters (the relay's /stats); empty asks nobody")
    smtp_host: str = setting("", "mail server that takes alerts; empty mails none")
    smtp_port: int = setting(587, "its port; on 465 the connection is encrypted from the start")
    smtp_user: str = setting("", "name to log in to it with, if it wants one")
    smtp_password: str = setting("", "password for that; in the cloud it comes from the secret manager")
    smtp_secret: str = setting("", "AWS: the secret that holds that password, instead of SMTP_PASSWORD")
    smtp_tls: str = setting(
        "on", "implicit does on any port as on 465; off sends mail unencrypted, without logging in", TLS_CHOICES
    )
    alert_email: str = setting("", "who gets alerts by mail, separated by commas; empty mails none")

    log_level: str = setting("INFO", "least severe level that is logged: DEBUG, INFO, WARNING, ERROR")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read every setting; raises SettingsError naming the variable, its value and what is expected."""
        values: dict[str, Any] = {
            item.name: _parse(item, environment[variable(item.name)])
            for item in fields(cls)
            if environment.get(variable(item.name), "") != ""
        }
        return cls(**values)


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return name.upper() if name.upper() in WITHOUT_PREFIX else PREFIX + name.upper()


def _parse(item: Field[Any], text: str) -> str | int:
    choices = item.metadata["choices"]
    if choices and text not in choices:
        raise SettingsError(f"{variable(item.name)}={text!r} is not one of {', '.join(choices)} ({_description(item)})")
    if not isinstance(item.default, int):
        return text
    try:
        number = int(text)
    except ValueError as error:
        raise SettingsError(f"{variable(item.name)}={text!r} is not a whole number ({_description(item)})") from error
    if number < 0:
        raise SettingsError(f"{variable(item.name)}={text!r} is negative ({_description(item)})")
    return number


def _description(item: Field[Any]) -> str:
    return str(item.metadata["description"])
