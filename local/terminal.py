"""What a person sees: results on standard output; progress and errors on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.table import Table

from functions.settings import SettingsError
from local.errors import LocalError, UsageError
from local.home import ADDRESS, HAS_DASHBOARD, Home

# A terminal has its own width; a file or another program gets whole lines.
WIDE = 200

console = Console(width=None if sys.stdout.isatty() else WIDE)
errors = Console(stderr=True, width=None if sys.stderr.isatty() else WIDE)


@contextmanager
def told() -> Iterator[None]:
    """Tell a person what did not work, and turn it into an exit code: 2 for wrong usage, 1 for the rest."""
    try:
        yield
    except (LocalError, SettingsError) as error:
        errors.print(str(error), style="red", markup=False, highlight=False)
        raise typer.Exit(2 if isinstance(error, (UsageError, SettingsError)) else 1) from error


def addresses(home: Home) -> Table:
    """Where everything is, for a person who has just started the stack."""
    shown = Table("what", "address")
    if HAS_DASHBOARD:
        shown.add_row("dashboard", home.url("dashboard"))
    shown.add_row("database", f"{ADDRESS}:{home.port('pgbouncer')}, database eco (`python -m local psql`)")
    shown.add_row("storage (Cloud Storage API)", home.url("storage"))
    shown.add_row("relay", f"{home.url('relay-inlet')}/stats")
    shown.add_row("data and logs", str(home.path))
    return shown
