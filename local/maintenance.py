"""Runs maintain now, and tells what it did; brings archived months back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from rich.table import Table

from functions.gcs_store import CloudStorage
from functions.maintain import MaintenanceError, handle
from functions.restore import RestoreError, restore_month
from functions.tick import failures
from local import database
from local.errors import LocalError, UsageError
from local.home import Home
from local.platform import platform
from local.scheduler import fire


def run(home: Home) -> Table:
    """Fire maintain, wait until it is done, and show what it logged; raises MaintainError."""
    warehouse = database.warehouse(home)
    with database.reading(warehouse) as transaction:
        since = transaction.value("local/now")
    fire(home)
    with database.reading(warehouse) as transaction:
        return _table(transaction.run("local/maintenance_since", since=since).all())


def dry_run(home: Home) -> Table:
    """What a run of maintain would do now, by the settings in this environment; raises LocalError."""
    try:
        results = handle(platform(home, "eco_maintainer"), dry_run=True)
    except MaintenanceError as error:
        raise LocalError(f"The dry run of maintain: {error}") from error
    return _table((result.task, result.target, result.outcome, result.detail) for result in results)


def first_day(month: str) -> date:
    """The first day of a month that is written as YYYY-MM; raises UsageError."""
    if re.fullmatch(r"(?!0000)[0-9]{4}-(0[1-9]|1[0-2])", month):
        return date.fromisoformat(f"{month}-01")
    raise UsageError(f"{month!r} is not a month. Write it as YYYY-MM, for example 2025-12.")


def restore(home: Home, month: date) -> str:
    """Bring an archived month, given by its first day, back; returns the name of its archive. Raises LocalError."""
    expected: tuple[type[Exception], ...] = (RestoreError, *failures(), *CloudStorage.failures)
    try:
        return restore_month(platform(home, "eco_operator"), month)
    except expected as error:
        raise LocalError(f"{month:%Y-%m} was not brought back: {error}") from error


def _table(rows: Iterable[Sequence[Any]]) -> Table:
    shown = Table("task", "target", "outcome", "detail")
    for row in rows:
        shown.add_row(*map(str, row))
    return shown
