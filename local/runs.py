"""Waits for the runs that uploads started, and tells how they ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from functions.events import ObjectEvent
from functions.warehouse import Warehouse
from local import database
from local.errors import LocalError
from local.home import Home

POLL_SECONDS = 0.2
OUTAGE_SECONDS = 60.0
UPLOADED = "UPLOADED"  # and no function has seen it yet
ENDED = ("SUCCESS", "FAILED")
STYLES = {"SUCCESS": "green", "FAILED": "red"}


@dataclass(frozen=True)
class Result:
    """How the run of one upload stands; `seconds` are counted from the upload, None where no function saw it yet."""

    object: str
    run_id: str
    generation: int
    status: str = UPLOADED
    reason: str | None = None
    parts_total: int | None = None
    parts_loaded: int | None = None
    rows_read: int | None = None
    rows_loaded: int | None = None
    rows_unchanged: int | None = None
    rows_superseded: int | None = None
    rows_rejected: int | None = None
    rows_held: int | None = None
    seconds: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def unawaited(events: list[ObjectEvent]) -> list[Result]:
    """The results of uploads whose runs nobody waits for."""
    return [Result(event.name, str(event.run_id), event.generation) for event in events]


def wait_with_progress(home: Home, events: list[ObjectEvent], timeout: float, console: Console) -> list[Result]:
    """`wait` with a progress bar, as the role that reads."""
    columns = (TextColumn("runs ended"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=len(events))
        return wait(database.warehouse(home), events, timeout, lambda ended: progress.update(task, completed=ended))


def wait(
    warehouse: Warehouse, events: list[ObjectEvent], timeout: float, progress: Callable[[int], None]
) -> list[Result]:
    """Wait until every run has ended, at most `timeout` seconds; how each stands, in the order of the events.

    `progress` is told how many runs have ended so far. A database that is started again is waited for; raises
    LocalError where it stays away.
    """
    results = {event.run_id: result for event, result in zip(events, unawaited(events), strict=True)}
    answered = time.monotonic()
    deadline = answered + timeout
    while waiting := [run_id for run_id, result in results.items() if result.status not in ENDED]:
        try:
            results |= _look(warehouse, {run_id: results[run_id] for run_id in waiting})
            answered = time.monotonic()
        except LocalError:
            if time.monotonic() - answered > OUTAGE_SECONDS:
                raise
        progress(sum(result.status in ENDED for result in results.values()))
        if time.monotonic() > deadline:
            break
        time.sleep(POLL_SECONDS)
    return [results[event.run_id] for event in events]


def _look(warehouse: Warehouse, waiting: dict[UUID, Result]) -> dict[UUID, Result]:
    with database.reading(warehouse) as transaction:
        rows = transaction.run("local/run_results", run_ids=[str(run_id) for run_id in waiting]).mappings().all()
    return {
        row["run_id"]: Result(
            waiting[row["run_id"]].object,
            generation=waiting[row["run_id"]].generation,
            **{**row, "run_id": str(row["run_id"])},
        )
        for row in rows
    }


def table(results: list[Result]) -> Table:
    """The results for a person to read."""
    columns = ("read", "loaded", "unchanged", "superseded", "rejected", "held")
    shown = Table()
    shown.add_column("object", overflow="fold")
    shown.add_column("status", no_wrap=True)
    for name in (*columns, "seconds"):
        shown.add_column(name, justify="right", no_wrap=True)
    shown.add_column("reason", overflow="fold")
    for result in results:
        counts = (getattr(result, f"rows_{column}") for column in columns)
        shown.add_row(
            result.object,
            f"[{STYLES.get(result.status, 'yellow')}]{result.status}",
            *("" if count is None else f"{count:,}" for count in counts),
            "" if result.seconds is None else f"{result.seconds:.1f}",
            result.reason or "",
        )
    return shown
