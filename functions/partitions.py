"""Partitions: one a calendar month (UTC), made ahead by maintenance, or by the first load that needs it."""

from __future__ import annotations

from datetime import date

from functions.warehouse import Warehouse


def ensure(warehouse: Warehouse, first_day: date) -> None:
    """Make the partition of a month where there is none, and see to it that every session knows of it."""
    with warehouse.transaction() as transaction:
        transaction.run("partition/ensure", first_day=first_day)
    announce(warehouse, first_day)


def announce(warehouse: Warehouse, first_day: date) -> None:
    """Make every session notice the partition of a month; in a transaction after the one that made it."""
    with warehouse.transaction() as transaction:
        transaction.run("partition/announce", first_day=first_day)
