"""Runs maintain now, and tells what it did."""

from __future__ import annotations

from rich.table import Table

from local import database
from local.home import Home
from local.scheduler import fire


def run(home: Home) -> Table:
    """Fire maintain, wait until it is done, and show what it logged; raises MaintainError."""
    warehouse = database.warehouse(home)
    with database.reading(warehouse) as transaction:
        since = transaction.value("local/now")
    fire(home)
    with database.reading(warehouse) as transaction:
        rows = transaction.run("local/maintenance_since", since=since).all()
    shown = Table("task", "target", "outcome", "detail")
    for row in rows:
        shown.add_row(*map(str, row))
    return shown
