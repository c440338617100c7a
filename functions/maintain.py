"""Maintain, on a schedule: partitions ahead, retention, missed uploads, hanging runs, clean-up.

Each task works in transactions of its own, and the trouble of one stays its own: it is recorded, the others go on,
and the tick as a whole fails at its end.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import UUID

import requests
import sqlalchemy
from google.api_core.exceptions import GoogleAPIError

from functions import months
from functions.archive import ArchiveMismatchError, archive_month
from functions.delivery import deliver
from functions.events import ObjectEvent
from functions.runtime import Platform

logger = logging.getLogger(__name__)

FAILURES = (sqlalchemy.exc.SQLAlchemyError, GoogleAPIError, requests.RequestException, ArchiveMismatchError)
RUNS_AT_ONCE = 1000


class MaintenanceError(RuntimeError):
    """Some tasks of a tick failed; eco.maintenance_log says which and why."""


@dataclass(frozen=True)
class Result:
    """What a task did to one thing; a row of eco.maintenance_log."""

    task: str
    target: str
    outcome: str
    detail: str = ""


Task = Callable[[Platform, datetime], Iterator[Result]]


def handle(on: Platform, now: datetime | None = None) -> list[Result]:
    """Run every task; raises MaintenanceError at the end where one failed."""
    moment = now or datetime.now(UTC)
    results = [result for task in TASKS for result in _attempt(task, on, moment)]
    failed = [result for result in results if result.outcome == "failed"]
    logger.info("maintained", extra={"stage": "maintain", "done": len(results), "failed": len(failed)})
    if failed:
        raise MaintenanceError("; ".join(f"{result.task} of {result.target}: {result.detail}" for result in failed))
    return results


def _attempt(task: Task, on: Platform, now: datetime) -> list[Result]:
    """Run one task and record each result as it comes."""
    results = []
    try:
        for result in task(on, now):
            _record(on, result)
            results.append(result)
    except FAILURES as error:
        logger.exception("maintenance task failed", extra={"stage": "maintain", "task": task.__name__})
        results.append(Result(task.__name__, "-", "failed", str(error)[:500]))
        _record(on, results[-1])
    return results


def _record(on: Platform, result: Result) -> None:
    with on.warehouse.transaction() as transaction:
        transaction.run("maintain/log", **asdict(result))


def make_partitions(on: Platform, now: datetime) -> Iterator[Result]:
    """Make the partitions of this month and of the months ahead: counted from today, not from the newest sale."""
    for first_day in months.ahead(now.date(), on.settings.horizon_months):
        with on.warehouse.transaction() as transaction:
            is_new = transaction.value("maintain/ensure_partition", first_day=first_day)
        if is_new:
            yield Result("make_partitions", f"{first_day:%Y-%m}", "created")


def drain_default(on: Platform, _now: datetime) -> Iterator[Result]:
    """Watch the default partition: whatever lies there moves to a partition of its month."""
    with on.warehouse.transaction() as transaction:
        found = transaction.run("maintain/default_months").all()
    for month in found:
        with on.warehouse.transaction() as transaction:
            transaction.run("maintain/ensure_partition", first_day=month.first_day)
        yield Result("drain_default", f"{month.first_day:%Y-%m}", "drained", f"{month.sale_lines} rows")


def retain(on: Platform, now: datetime) -> Iterator[Result]:
    """Archive the months that are older than the policy keeps; without a policy none."""
    if not on.settings.retention_months:
        return
    oldest_kept = months.shift(now.date(), -on.settings.retention_months)
    with on.warehouse.transaction() as transaction:
        expired = transaction.run("maintain/expired_months", oldest_kept=oldest_kept).scalars().all()
    for first_day in expired:
        yield Result("retain", f"{first_day:%Y-%m}", "archived", archive_month(on, first_day))


def deliver_missed(on: Platform, now: datetime) -> Iterator[Result]:
    """Deliver uploads that the ledger does not know, though they have been in the raw bucket for a while."""
    since = now - timedelta(minutes=on.settings.redeliver_after_minutes)
    settled = (upload for upload in on.store.list(on.settings.bucket_raw) if upload.uploaded_at < since)
    for uploads in _batches(settled):
        known = _runs(on, "maintain/known_uploads", [upload.run_id for upload in uploads])
        for upload in uploads:
            if upload.run_id not in known:
                deliver(upload, "validate", on.settings.delivery_url)
                yield Result("deliver_missed", upload.name, "delivered")


def deliver_again(on: Platform, _now: datetime) -> Iterator[Result]:
    """Deliver what runs without progress wait for: the upload, and every part of it that lies in a stage's bucket.

    Each function takes a repeated delivery for what it is, so delivering more than was lost does no harm.
    """
    minutes = on.settings.redeliver_after_minutes
    with on.warehouse.transaction() as transaction:
        silent = transaction.run("maintain/silent_runs", minutes=minutes).all()
    for run in silent:
        if not run.is_validated:
            upload = ObjectEvent(run.bucket, run.object_name, run.generation, run.uploaded_at, run.size_bytes)
            deliver(upload, "validate", on.settings.delivery_url)
        parts = [
            (part, function) for bucket, function in _stages(on) for part in on.store.list(bucket, f"{run.run_id}/")
        ]
        for part, function in parts:
            deliver(part, function, on.settings.delivery_url)
        yield Result("deliver_again", run.object_name, "delivered", f"{len(parts)} parts")


def fail_hanging(on: Platform, _now: datetime) -> Iterator[Result]:
    """Mark runs as FAILED that made no progress for so long that nobody should wait for them any more."""
    minutes = on.settings.hang_after_minutes
    with on.warehouse.transaction() as transaction:
        hanging = transaction.run("maintain/silent_runs", minutes=minutes).all()
        for run in hanging:
            reason = (
                f"{run.object_name} made no progress for {minutes} minutes, so it was given up. "
                "Upload it again; if that does not help, the logs of the functions say why."
            )
            transaction.run("ledger/fail_run", run_id=run.run_id, stage="maintain", reason=reason)
    for run in hanging:
        yield Result("fail_hanging", run.object_name, "failed run")


def clean_stages(on: Platform, _now: datetime) -> Iterator[Result]:
    """Delete the parts of runs that ended a while ago; the uploads themselves stay."""
    for bucket, _ in _stages(on):
        deleted = 0
        for parts in _batches(on.store.list(bucket)):
            run_ids = sorted({UUID(part.name.split("/")[0]) for part in parts})
            ended = _runs(on, "maintain/ended_runs", run_ids, hours=on.settings.stage_retention_hours)
            for part in parts:
                if UUID(part.name.split("/")[0]) in ended:
                    on.store.delete(part)
                    deleted += 1
        if deleted:
            yield Result("clean_stages", bucket, "deleted", f"{deleted} parts")


TASKS: tuple[Task, ...] = (
    make_partitions,
    drain_default,
    retain,
    deliver_missed,
    deliver_again,
    fail_hanging,
    clean_stages,
)


def _stages(on: Platform) -> list[tuple[str, str]]:
    """The bucket of each stage's parts, and the function that takes them."""
    return [
        (on.settings.bucket_validated, "score"),
        (on.settings.bucket_scored, "transform"),
        (on.settings.bucket_curated, "load"),
    ]


def _batches(objects: Iterable[ObjectEvent]) -> Iterator[list[ObjectEvent]]:
    iterator = iter(objects)
    while batch := list(islice(iterator, RUNS_AT_ONCE)):
        yield batch


def _runs(on: Platform, name: str, run_ids: list[UUID], **parameters: int) -> set[UUID]:
    """Of these runs, the ones that the query in sql/`name`.sql tells of."""
    with on.warehouse.transaction() as transaction:
        return set(transaction.run(name, run_ids=run_ids, **parameters).scalars())
