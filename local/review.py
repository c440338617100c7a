"""`python -m local review`: what is held or rejected, and what a person decides about it."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from local.errors import LocalError, UsageError
from local.home import Home
from local.terminal import console, told

if TYPE_CHECKING:
    from functions.decisions import Decided, Filter
    from functions.runtime import Platform

app = typer.Typer(no_args_is_help=True, help="Look at held and rejected rows, and decide about them.")

Ids = Annotated[list[int] | None, typer.Argument(help="Ids, as `review list` shows them.")]
Source = Annotated[str | None, typer.Option(help="Only rows of this source, e.g. online-retail.")]
Kind = Annotated[str | None, typer.Option(help="Only `held` or `rejected` rows.")]
Reason = Annotated[str | None, typer.Option(help="Only rows whose reason has this text in it.")]
Run = Annotated[str | None, typer.Option(help="Only rows of this run: its id, or the name of its object.")]
Everything = Annotated[bool, typer.Option("--all", help="Every row, where neither ids nor a filter are given.")]
By = Annotated[str | None, typer.Option(help="Who decides; your name on this machine where it is not given.")]
Note = Annotated[str | None, typer.Option(help="Why; it is kept.")]


@contextmanager
def _answered() -> Iterator[None]:
    """Tell a person what did not work."""
    from functions.decisions import ReviewError
    from local import database

    with told():
        try:
            with database.answering():
                yield
        except ReviewError as error:
            raise UsageError(str(error)) from error


def _platform() -> Platform:
    from local import state
    from local.platform import platform

    home = Home.from_environment()
    if state.running(home) is None:
        raise LocalError(f"The stack in {home.path} is down; `python -m local up --detach` starts it.")
    return platform(home, "eco_reviewer")


def _filter(
    ids: list[int] | None, source: str | None, kind: str | None, reason: str | None, run: str | None, is_all: bool
) -> Filter:
    from functions.decisions import Filter

    if not (ids or source or kind or reason or run or is_all):
        raise UsageError("Say which rows: their ids, or --source, --kind, --reason, --run, or --all.")
    return Filter(ids or None, source, kind, reason, run)


@app.command("list")
def show_list(
    source: Source = None,
    kind: Kind = None,
    reason: Reason = None,
    run: Run = None,
    state: Annotated[str, typer.Option(help="open, released, dismissed, loaded or any.")] = "open",
    most: Annotated[int, typer.Option("--limit", help="Rows to show at most.", min=1)] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Write them as JSON, whole.")] = False,
) -> None:
    """Show rows that are held or rejected, the oldest first."""
    from functions.decisions import Filter, find

    with _answered():
        wanted = Filter(None, source, kind, reason, run, None if state == "any" else state)
        entries = find(_platform().warehouse, wanted, most + 1)
        if as_json:
            typer.echo(json.dumps([dict(entry._mapping) for entry in entries[:most]], indent=2, default=str))
            return
        shown = Table()
        for name in ("id", "kind", "state", "file", "row", "reason"):
            shown.add_column(name, overflow="fold", justify="right" if name in ("id", "row") else "left")
        for entry in entries[:most]:
            columns = (entry.quality_id, entry.kind, entry.review_state, entry.object_name, entry.source_row)
            shown.add_row(*map(str, columns), entry.reason)
        console.print(shown)
        if len(entries) > most:
            console.print(f"There are more: narrow it down, or raise --limit (now {most}).")


@app.command()
def show(entry_id: Annotated[int, typer.Argument(help="The id, as `review list` shows it.")]) -> None:
    """Show all that is known of one row: what the file said, why it is here, and every decision about it."""
    from functions.decisions import Filter, find, history

    with _answered():
        warehouse = _platform().warehouse
        found = find(warehouse, Filter([entry_id]), 1)
        if not found:
            raise LocalError(
                f"There is no row {entry_id} to review; `python -m local review list` shows those there are."
            )
        for name, value in found[0]._mapping.items():
            if value is not None:
                said = json.dumps(value, ensure_ascii=False, indent=2) if isinstance(value, dict) else str(value)
                console.print(f"{name}: {said}", markup=False, highlight=False)
        for made in history(warehouse, entry_id):
            about = f"{made.decided_at:%Y-%m-%d %H:%M:%S} {made.decision} by {made.decided_by}"
            console.print(f"{about}: {made.note}" if made.note else about, markup=False, highlight=False)


@app.command()
def release(
    ids: Ids = None,
    source: Source = None,
    kind: Kind = None,
    reason: Reason = None,
    run: Run = None,
    is_all: Everything = False,
    by: By = None,
    note: Note = None,
) -> None:
    """Load rows as they are: a held one is right, or a rejected one keeps its mended contract."""
    with _answered():
        _decide("release", _filter(ids, source, kind, reason, run, is_all), by, note)


@app.command()
def correct(
    ids: Annotated[list[int], typer.Argument(help="Ids, as `review list` shows them.")],
    values: Annotated[
        list[str], typer.Option("--set", metavar="COLUMN=VALUE", help="What a column should have said; repeat it.")
    ],
    by: By = None,
    note: Note = None,
) -> None:
    """Set columns of rows right, and load them. A row that was not split needs every column that its contract does."""
    with _answered():
        pairs = [value.partition("=") for value in values]
        if wrong := [name for name, equals, _ in pairs if not equals or not name]:
            raise UsageError(f"{wrong[0]!r} is no correction: write --set COLUMN=VALUE, or COLUMN= for no value.")
        correction = {name: value or None for name, _, value in pairs}
        _decide("correct", _filter(ids, None, None, None, None, is_all=False), by, note, correction)


@app.command()
def dismiss(
    ids: Ids = None,
    source: Source = None,
    kind: Kind = None,
    reason: Reason = None,
    run: Run = None,
    is_all: Everything = False,
    by: By = None,
    note: Note = None,
) -> None:
    """Leave rows out for good: they stay in the log, and are asked about no more."""
    with _answered():
        _decide("dismiss", _filter(ids, source, kind, reason, run, is_all), by, note)


@app.command()
def undo(
    ids: Ids = None,
    source: Source = None,
    kind: Kind = None,
    reason: Reason = None,
    run: Run = None,
    is_all: Everything = False,
    by: By = None,
    note: Note = None,
) -> None:
    """Open rows again that were released or dismissed; what is loaded stays."""
    with _answered():
        _decide("undo", _filter(ids, source, kind, reason, run, is_all), by, note)


@app.command()
def replay(
    run: Annotated[str | None, typer.Argument(help="The id of a run, or the name of its object.")] = None,
    source: Source = None,
    reason: Reason = None,
    is_all: Everything = False,
    by: By = None,
) -> None:
    """Hold rejected rows against their contract as it is now, and load those that keep it."""
    from functions import decisions

    with _answered():
        wanted = _filter(None, source, None, reason, run, is_all)
        on = _platform()
        _tell(on, decisions.replay(on, wanted, by or getpass.getuser()))


def _decide(
    kind: str, wanted: Filter, by: str | None, note: str | None, correction: Mapping[str, str | None] | None = None
) -> None:
    from functions import decisions

    if wanted.quality_ids is None and kind != "undo":
        wanted = wanted.in_state("open")
    on = _platform()
    _tell(on, decisions.decide(on, wanted, decisions.Decision(kind, by or getpass.getuser(), note, correction)))


def _tell(on: Platform, decided: Decided) -> None:
    """What happened, and what comes next."""
    for outcome, count in decided.counts.items():
        console.print(f"{count:,} {'row' if count == 1 else 'rows'}: {outcome}.", markup=False, highlight=False)
    if not decided.counts:
        console.print("No row is meant by that; `python -m local review list` shows those that wait.")
    if decided.releases:
        console.print(_next(on, decided.is_told), markup=False, highlight=False)


def _next(on: Platform, is_told: bool) -> str:
    if not is_told:
        minutes = on.settings.redeliver_after_minutes
        return (
            f"The load function did not answer. The decision is kept; maintenance passes it on after {minutes} minutes."
        )
    return (
        "They are being loaded, those of a file in progress when it has ended. One that cannot be is open again; "
        "`python -m local review show ID` says why."
    )
