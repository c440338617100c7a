"""Rebuild: an empty warehouse filled from the uploads alone, and the proof that it says what the old one says.

Every generation of every upload that the raw bucket still has goes through the same handlers as ever, one after the
other in this process, in the order of upload, each part scored by the anomaly model that scored it then. Decisions of
people are no data, and are carried over from the old warehouse: which customers are forgotten, from when to when a
month was archived, and how rows were reviewed.
"""

from __future__ import annotations

import json
import tempfile
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID

from functions import load, review, score, transform, validate, verify
from functions.events import ObjectEvent, number_of, run_of
from functions.local_stages import LocalStages
from functions.runtime import Platform, run_stage
from functions.warehouse import Transaction, Warehouse

NAMED = 5  # of objects that a sentence is about

Content = dict[str, tuple[int, str]]
Progress = Callable[[int, int], None]


class RebuildError(RuntimeError):
    """The warehouse cannot be rebuilt there; nothing was changed."""


@dataclass(frozen=True)
class Original:
    """A warehouse at one instant: its content, what its ledger knows of each upload, and what people decided."""

    taken_at: datetime
    content: Content
    runs: dict[UUID, Any]
    models: dict[tuple[UUID, int], str]
    archives: list[Any]
    forgotten: list[dict[str, Any]]
    reviewed: list[dict[str, Any]]
    history: list[dict[str, Any]]


@dataclass(frozen=True)
class Rebuilt:
    """What came of it: the content of the old and of the new warehouse, and what a person should know of it."""

    old: Content
    new: Content
    uploads: int
    notes: list[str]

    @property
    def is_equal(self) -> bool:
        """Whether both say the same."""
        return self.old == self.new


@dataclass(frozen=True)
class Decision:
    """A month was archived (`is_away`), or brought back, at an instant."""

    at: datetime
    is_away: bool
    archive: Any


@dataclass(frozen=True)
class Released:
    """Rows that people had released were loaded, at an instant."""

    at: datetime
    entries: list[dict[str, Any]]


def rebuild(old: Platform, new: Warehouse, progress: Progress) -> Rebuilt:
    """Fill the empty warehouse `new` from the uploads behind `old`, as eco_operator on both, and compare them.

    `progress` is told how many uploads are done and how many there are. Deliveries to the old warehouse may go on: it
    is compared as it was at the start. Raises RebuildError where `new` is not empty.
    """
    with new.transaction() as transaction:
        if not transaction.value("rebuild/is_empty"):
            raise RebuildError("The warehouse to rebuild into holds runs already. Name an empty, migrated database.")
    original = read_original(old.warehouse)
    uploads = [
        upload
        for upload in old.store.list(old.settings.bucket_raw, generations=True)
        if upload.uploaded_at <= original.taken_at
    ]
    notes = _notes(original, uploads)
    with tempfile.TemporaryDirectory() as folder:
        kept = (old.settings.bucket_raw, old.settings.bucket_models)
        stages = LocalStages(old.store, kept, Path(folder))
        notes += replay(original, uploads, Platform(old.settings, stages, new), progress)
    return Rebuilt(original.content, verify.checksums(new), len(uploads), notes)


def read_original(warehouse: Warehouse) -> Original:
    """All that is needed of the old warehouse, as of one instant."""
    with verify.unchanging(warehouse) as transaction:
        return Original(
            taken_at=transaction.value("rebuild/now"),
            content=verify.content(transaction),
            runs={run.run_id: run for run in transaction.run("rebuild/runs")},
            models={(part.run_id, part.part_no): part.model_version for part in transaction.run("rebuild/models")},
            archives=list(transaction.run("rebuild/archives")),
            forgotten=[dict(row) for row in transaction.run("rebuild/forgotten").mappings()],
            reviewed=[dict(row) for row in transaction.run("rebuild/reviewed").mappings()],
            history=[dict(row) for row in transaction.run("rebuild/history").mappings()],
        )


def replay(original: Original, uploads: list[ObjectEvent], on: Platform, progress: Progress) -> list[str]:
    """Process every upload, and repeat every decision when it was made; returns what did not go as it did then."""
    with on.warehouse.transaction() as transaction:
        for customer in original.forgotten:
            transaction.run("rebuild/forget", **customer)
    notes, done = [], 0
    for step in _steps(original, uploads):
        if isinstance(step, Decision):
            notes += _repeat(step, on.warehouse)
            continue
        if isinstance(step, Released):
            _release(step.entries, on)
            continue
        run = original.runs.get(step.run_id)
        _process(step, _cutting_as(run, on), original.models)
        done += 1
        progress(done, len(uploads))
    _review_the_rest(original, on)
    return notes


def _steps(original: Original, uploads: Iterable[ObjectEvent]) -> Iterator[ObjectEvent | Decision | Released]:
    """Uploads in their order, apart from those that had ended when a decision was made: they come before it."""
    away = [Decision(archive.archived_at, True, archive) for archive in original.archives]
    back = [Decision(item.restored_at, False, item) for item in original.archives if item.restored_at]
    made_then: list[Decision | Released] = [*away, *back, *_releases(original)]
    decisions = sorted(made_then, key=lambda decision: decision.at)
    instants = [decision.at for decision in decisions]

    def place(upload: ObjectEvent) -> tuple[int, datetime, int, UUID]:
        run = original.runs.get(upload.run_id)
        ended = (run and run.finished_at) or upload.uploaded_at
        return bisect_right(instants, ended), upload.uploaded_at, upload.generation, upload.run_id

    made = 0
    for upload in sorted(uploads, key=place):
        due = place(upload)[0]
        yield from decisions[made:due]
        made = max(made, due)
        yield upload
    yield from decisions[made:]


def _releases(original: Original) -> list[Released]:
    """The rows that were loaded after their review, by the transaction that did it."""
    loaded = [entry for entry in original.reviewed if entry["review_state"] == "loaded"]
    return [Released(at, list(entries)) for at, entries in groupby(loaded, key=lambda entry: entry["review_loaded_at"])]


def _release(entries: list[dict[str, Any]], on: Platform) -> None:
    """Release rows as it was decided then, and load them."""
    _review([{**entry, "review_state": "released"} for entry in entries], on)
    review.handle(on)


def _review_the_rest(original: Original, on: Platform) -> None:
    """Decide as it was decided then what was not loaded, or could not be at its time; and tell who decided it."""
    _release([entry for entry in original.reviewed if entry["review_state"] == "loaded"], on)
    _review([entry for entry in original.reviewed if entry["review_state"] != "loaded"], on)
    with on.warehouse.transaction() as transaction:
        transaction.run("rebuild/tell_history", history=json.dumps(original.history, default=str))


def _review(entries: list[dict[str, Any]], on: Platform) -> None:
    with on.warehouse.transaction() as transaction:
        transaction.run("rebuild/review", entries=json.dumps(entries, default=str))


def _cutting_as(run: Any, on: Platform) -> Platform:
    """The platform that cuts the file into the parts of back then: a sale is compared with the others of its part."""
    if run is None or run.part_rows is None:
        return on
    return replace(on, settings=replace(on.settings, part_rows=run.part_rows))


def _scoring_as(part: ObjectEvent, models: dict[tuple[UUID, int], str], on: Platform) -> Platform:
    """The platform that scores the part by the model of back then."""
    version = models.get((run_of(part), number_of(part)), on.settings.model_version)
    return replace(on, settings=replace(on.settings, model_version=version))


def _process(upload: ObjectEvent, on: Platform, models: dict[tuple[UUID, int], str]) -> None:
    """One upload through all stages; its parts are deleted as soon as the next stage has them."""
    run_stage("validate", upload, validate.handle, on)
    for stage, bucket, handler in (
        ("score", on.settings.bucket_validated, score.handle),
        ("transform", on.settings.bucket_scored, transform.handle),
        ("load", on.settings.bucket_curated, load.handle),
    ):
        for part in on.store.list(bucket, f"{upload.run_id}/"):
            run_stage(stage, part, handler, _scoring_as(part, models, on) if stage == "score" else on)
            on.store.delete(part)


def _repeat(decision: Decision, warehouse: Warehouse) -> list[str]:
    """Archive or bring back a month as it was done then; returns a sentence where its sales are not those of then."""
    archive = decision.archive
    with warehouse.transaction() as transaction:
        if not decision.is_away:
            transaction.run("restore/mark_restored", object_name=archive.object_name)
            return []
        if archive.restored_at:
            # Its sales come back, so they need not go: what was delivered in between is refused, as it was then.
            return _enter(transaction, archive)
        return _put_away(transaction, archive)


def _put_away(transaction: Transaction, archive: Any) -> list[str]:
    lines = transaction.value("rebuild/month_lines", first_day=archive.first_day)
    if lines != archive.sale_lines:
        return [
            f"{archive.first_day:%Y-%m} was archived with {archive.sale_lines:,} sales, and {lines:,} of that month "
            "were rebuilt. It was left in the rebuilt warehouse, to look at it there."
        ]
    if not transaction.value("maintain/own_month", first_day=archive.first_day):
        return _enter(transaction, archive)
    transaction.run(
        "maintain/drop_month", first_day=archive.first_day, archive_name=archive.object_name, archived_lines=lines
    )
    return []


def _enter(transaction: Transaction, archive: Any) -> list[str]:
    transaction.run(
        "rebuild/enter_archive",
        object_name=archive.object_name,
        first_day=archive.first_day,
        sale_lines=archive.sale_lines,
    )
    return []


def _notes(original: Original, uploads: list[ObjectEvent]) -> list[str]:
    """Why the rebuilt warehouse may not equal the old one though nothing is wrong."""
    there = {upload.run_id for upload in uploads}
    running = [run.object_name for run in original.runs.values() if run.is_running]
    unknown = [upload.name for upload in uploads if upload.run_id not in original.runs]
    gone = [run for run_id, run in original.runs.items() if run_id not in there and run.left_something]
    told = (
        (running, "uploads were in progress when the old warehouse was compared. Rebuild again when they have ended"),
        (unknown, "uploads are in the raw bucket and the old warehouse does not know them. `maintain` delivers them"),
        (
            [f"{run.object_name} (generation {run.generation})" for run in gone],
            "uploads that the old warehouse has loaded are no longer in the raw bucket, so it cannot be equal. With "
            "versioning, the bucket keeps what is replaced or deleted",
        ),
    )
    return [f"{len(names):,} {sentence}: {_some(names)}." for names, sentence in told if names]


def _some(names: list[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
