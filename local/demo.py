"""Uploads a shop's year as its systems would, faults and all, and shows what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from functions.events import ObjectEvent
from local import database, runs, state, upload
from local.errors import LocalError
from local.home import Home
from local.shop import ShopPlan, make_shop
from local.shop.files import LABELS, UploadFile, write_shop

FOLDER = "demo"
TIMEOUT_SECONDS = 300.0
COUNTS = ("rows_read", "rows_loaded", "rows_unchanged", "rows_superseded", "rows_rejected", "rows_held")
Source = Mapping[Any, Any]  # a row of sql/local/demo_sources.sql


def run(console: Console) -> int:
    """Write a shop's files, upload them, wait for their runs, show how they ended; 0 where all is as it should be.

    Raises LocalError where the stack is down.
    """
    home = Home.from_environment()
    if state.running(home) is None:
        raise LocalError(f"The stack in {home.path} is down; `python -m local up --detach` starts it.")
    with console.status("making the files of a shop"):
        files = write_shop(home.path / FOLDER, make_shop(ShopPlan()))
    with _progress(console) as progress:
        events = _upload(home, files, progress)
        results = _wait(home, events, progress)
    sources = _sources(home, results)
    console.print(sources_table(sources), failures_table(files, results), where_to_look(home))
    return 0 if went_well(files, results, sources) else 1


def _progress(console: Console) -> Progress:
    bar = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*bar, console=console)


def _upload(home: Home, files: Sequence[UploadFile], progress: Progress) -> list[ObjectEvent]:
    """One file after the other: the newest upload of a line counts, so a correction has to come after its original."""
    uploads = [upload.Upload(file.path, file.object_name) for file in files]
    return [
        event
        for item in progress.track(uploads, description="files uploaded")
        for event in upload.upload_all(home, [item], lambda _: None)
    ]


def _wait(home: Home, events: list[ObjectEvent], progress: Progress) -> list[runs.Result]:
    task = progress.add_task("runs ended", total=len(events))
    return runs.wait(
        database.warehouse(home), events, TIMEOUT_SECONDS, lambda ended: progress.update(task, completed=ended)
    )


def _sources(home: Home, results: Sequence[runs.Result]) -> Sequence[Source]:
    with database.warehouse(home).transaction() as transaction:
        run_ids = [result.run_id for result in results]
        return transaction.run("local/demo_sources", run_ids=run_ids).mappings().all()


def went_well(files: Sequence[UploadFile], results: Sequence[runs.Result], sources: Sequence[Source]) -> bool:
    """Whether every run ended, those finished add up, and the unreadable files failed and no others."""
    meant_to_fail = {file.object_name for file in files if file.unreadable}
    return (
        len(results) == len(files)
        and all(result.status in runs.ENDED for result in results)
        and all(source["balances"] for source in sources)
        and {result.object for result in results if result.status == "FAILED"} == meant_to_fail
    )


def sources_table(sources: Sequence[Source]) -> Table:
    """Files and rows by source: what was read is loaded, unchanged, superseded, rejected or held."""
    shown = Table("source", "files", "SUCCESS", "FAILED", title="What became of the files", title_justify="left")
    for name in COUNTS:
        shown.add_column(name.replace("_", " "))
    shown.add_column("every run adds up")
    for column in shown.columns[1:]:
        column.justify = "right"
    for source in sources:
        counts = (f"{source[name]:,}" for name in ("files", "succeeded", "failed", *COUNTS))
        verdict = "[green]✓" if source["balances"] else "[red]no"
        shown.add_row(source["source"], *counts, verdict if source["succeeded"] else "")
    return shown


def failures_table(files: Sequence[UploadFile], results: Sequence[runs.Result]) -> Table:
    """The files that failed or should have, and those whose run has not ended."""
    why = {file.object_name: file.unreadable for file in files}
    shown = Table("file", "it is", "status", "reason", title="Files that cannot be read", title_justify="left")
    for result in results:
        if result.status != "SUCCESS" or why[result.object]:
            as_meant = result.status == "FAILED" and why[result.object]
            style = "green" if as_meant else "red"
            what = why[result.object] or "readable"
            shown.add_row(result.object, what, f"[{style}]{result.status}", escape(result.reason or ""))
    return shown


def where_to_look(home: Home) -> Table:
    """Where a person goes on from here."""
    shown = Table("where to look", "", box=None, title_justify="left")
    shown.add_row("dashboard", home.url("dashboard"))
    shown.add_row("database", "python -m local psql -c 'SELECT * FROM eco.daily_volume ORDER BY sale_date'")
    shown.add_row("rows not loaded", "python -m local psql -c 'SELECT * FROM eco.quality_log'")
    shown.add_row("the files", str(home.path / FOLDER))
    shown.add_row("which rows are spoilt", str(home.path / FOLDER / LABELS))
    return shown
