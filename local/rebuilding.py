"""Rebuilds the warehouse in a database beside it, and shows whether both say the same."""

from __future__ import annotations

import logging
from dataclasses import replace

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from functions.rebuild import Rebuilt, rebuild
from functions.tick import failures
from functions.warehouse import connect
from local import schema
from local.errors import LocalError
from local.home import Home
from local.platform import platform

DATABASE = "eco_rebuilt"
ROLE = "eco_operator"


def run(home: Home, console: Console, keep: bool) -> Rebuilt:
    """Rebuild with a progress bar; the database stays where `keep` is set, or where it is not equal.

    Raises LocalError where the database or the storage do not answer.
    """
    # A file that cannot be read fails again, which is no news here.
    logging.getLogger("functions").addHandler(logging.NullHandler())
    with console.status("making an empty database"):
        schema.drop(home, DATABASE)
        schema.set_up(home, DATABASE)
    try:
        rebuilt = _rebuild(home, console)
    except failures() as error:
        raise LocalError(f"The warehouse was not rebuilt to its end: {error}\nRun it again.") from error
    if rebuilt.is_equal and not keep:
        schema.drop(home, DATABASE)
    return rebuilt


def _rebuild(home: Home, console: Console) -> Rebuilt:
    old = platform(home, ROLE)
    new = connect(replace(old.settings, db_name=DATABASE))
    columns = (TextColumn("uploads replayed"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=console) as progress:
            task = progress.add_task("", total=None)
            return rebuild(old, new, lambda done, total: progress.update(task, completed=done, total=total))
    finally:
        new.engine.dispose()


def table(rebuilt: Rebuilt) -> Table:
    """Rows of each table in the old and in the rebuilt warehouse, and whether their content is the same."""
    shown = Table("table")
    for name in ("rows old", "rows rebuilt", "checksum equal"):
        shown.add_column(name, justify="right")
    for name, (rows, checksum) in rebuilt.old.items():
        new_rows, new_checksum = rebuilt.new[name]
        verdict = "[green]✓" if (rows, checksum) == (new_rows, new_checksum) else "[red]✗"
        shown.add_row(name, f"{rows:,}", f"{new_rows:,}", verdict)
    return shown


def sentences(rebuilt: Rebuilt, keep: bool) -> list[str]:
    """What a person should know of it, and what to do."""
    verdict = (
        f"The warehouse follows from its {rebuilt.uploads:,} uploads: the rebuilt one says the same."
        if rebuilt.is_equal
        else "The rebuilt warehouse says something else than the old one."
    )
    look = (
        f"Look at it with `python -m local psql -- -d {DATABASE}`; the next rebuild drops it. To compare a table, "
        "run its query in sql/verify/content_*.sql without the sum on both."
    )
    return [*rebuilt.notes, verdict, *([look] if keep or not rebuilt.is_equal else [])]
