"""Brings an archived month of sales back into the warehouse."""

from __future__ import annotations

from datetime import date
from typing import Any

from functions import partitions
from functions.archive import stage
from functions.events import ObjectEvent
from functions.runtime import Platform
from functions.warehouse import Transaction


class RestoreError(RuntimeError):
    """The month cannot be brought back; nothing has changed."""


def restore_month(on: Platform, first_day: date) -> str:
    """Bring an archived month back, in one transaction; returns the name of the archive, which stays in its bucket.

    Its sales point at the versions of products and customers that are valid at their times by what is known now, and
    their carbon figures follow. Raises RestoreError, which names the archived months where this is none of them, and
    where the archive does not hold what was archived.

    While the rows are inserted, some seven seconds a million, reads of other months wait too: the new partition is
    attached in the same transaction, and until it ends nobody may look into the default partition.
    """
    with on.warehouse.transaction() as transaction:
        archived = _archived(transaction, first_day)
        # Read before the locks are taken: nobody waits for the bucket.
        lines = stage(transaction, on.store, _find(on, archived.object_name))
        _check(archived, lines, "holds")
        # False, since there is no partition yet; the month is owned all the same.
        transaction.run("maintain/own_month", first_day=first_day)
        if not transaction.run("restore/mark_restored", object_name=archived.object_name).rowcount:
            raise RestoreError(f"{first_day:%Y-%m} was brought back by somebody else in the meantime")
        transaction.run("partition/ensure", first_day=first_day)
        _check(archived, transaction.run("restore/insert").rowcount, "led to")
        transaction.run("load/rollup/month", first_day=first_day)
    partitions.announce(on.warehouse, first_day)
    return str(archived.object_name)


def _archived(transaction: Transaction, first_day: date) -> Any:
    """The archive of the month; raises RestoreError where the month is not away."""
    away = {row.first_day: row for row in transaction.run("restore/archived_months")}
    if first_day not in away:
        known = ", ".join(f"{month:%Y-%m}" for month in away) or "none"
        raise RestoreError(f"{first_day:%Y-%m} is not archived; archived months: {known}")
    return away[first_day]


def _find(on: Platform, name: str) -> ObjectEvent:
    found = next((item for item in on.store.list(on.settings.bucket_archive, name) if item.name == name), None)
    if found is None:
        raise RestoreError(f"{name} is not in the bucket {on.settings.bucket_archive}")
    return found


def _check(archived: Any, lines: int, verb: str) -> None:
    if lines != archived.sale_lines:
        raise RestoreError(f"{archived.object_name} {verb} {lines} rows, but {archived.sale_lines} were archived")
