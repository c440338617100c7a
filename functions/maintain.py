"""Maintain, on a schedule: partitions ahead, retention, sums, missed uploads, hanging runs, clean-up, alerts.

Each task attempts each of its targets (a month, a table, a run) in a transaction of its own, and the trouble of one
stays its own: it is recorded, the others go on, and the tick as a whole fails at its end. What waited for a lock too
long is not tried again in the same tick: the next one is soon enough.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any
from uuid import UUID

from functions import ledger, months, partitions
from functions.alerts import raise_alerts, send_alerts
from functions.delivery import UnreachableError, deliver, tell_of_decisions
from functions.events import ObjectEvent, run_of
from functions.runtime import Platform
from functions.tick import Result, Tick

if TYPE_CHECKING:
    import sqlalchemy

logger = logging.getLogger(__name__)

RUNS_AT_ONCE = 1000
# Whoever brings a month back wants to look at it; the next tick would take it away again.
RESTORED_STAYS = timedelta(days=30)
MONTHS_SUMMED_AT_ONCE = 60
TABLE = "fact_sales"
MODEL = "anomaly model"


class MaintenanceError(RuntimeError):
    """Some tasks of a tick failed; eco.maintenance_log says which and why."""


def handle(on: Platform, now: datetime | None = None, dry_run: bool = False) -> list[Result]:
    """Run every task; raises MaintenanceError at the end where one failed.

    With `dry_run`, nothing is changed, delivered or logged in the database; the results say what would be.
    """
    tick = Tick(on, now or datetime.now(UTC), dry_run)
    for task in TASKS:
        with tick.attempt(task.__name__):
            task(tick)
    failed = [result for result in tick.results if result.outcome == "failed"]
    about = {"stage": "maintain", "done": len(tick.results), "failed": len(failed), "is_dry": dry_run}
    logger.info("maintained", extra=about)
    if failed:
        raise MaintenanceError("; ".join(f"{result.task} of {result.target}: {result.detail}" for result in failed))
    return tick.results


def make_partitions(tick: Tick) -> None:
    """Make the partitions of this month and of the months ahead: counted from today, not from the newest sale."""
    wanted = months.ahead(tick.now.date(), tick.on.settings.horizon_months)
    with tick.on.warehouse.transaction() as transaction:
        missing = transaction.run("maintain/missing_months", months=wanted).scalars().all()
    made = [first_day for first_day in missing if _ensure(tick, "make_partitions", first_day)]
    covered = list(takewhile(lambda first_day: first_day not in missing or first_day in made, wanted))
    reach = f"partitions up to {covered[-1]:%Y-%m}" if covered else f"no partition of {wanted[0]:%Y-%m}"
    outcome = "done" if len(made) == len(missing) else "incomplete"
    tick.tell("make_partitions", TABLE, outcome, f"{_counted(len(made), 'month')} made, {reach}")


def drain_default(tick: Tick) -> None:
    """Watch the default partition: whatever lies there moves to a partition of its month."""
    with tick.on.warehouse.transaction() as transaction:
        found = transaction.run("maintain/default_months").all()
    drained = [month for month in found if _drain(tick, month)]
    moved = f"{_counted(sum(month.sale_lines for month in drained), 'row')} of {_counted(len(drained), 'month')} moved"
    outcome = "done" if len(drained) == len(found) else "incomplete"
    tick.tell("drain_default", TABLE, outcome, moved if found else "the default partition is empty")


def _drain(tick: Tick, month: sqlalchemy.Row[Any]) -> bool:
    if not month.is_archived:
        return _ensure(tick, "drain_default", month.first_day)
    target = f"{month.first_day:%Y-%m}"
    lines = _counted(month.sale_lines, "row")
    tick.fail("drain_default", target, f"{lines} of this archived month in the default partition; restore it first")
    return False


def retain(tick: Tick) -> None:
    """Archive the months that are older than the policy keeps; without a policy none."""
    if not tick.on.settings.retention_months:
        return
    from functions.archive import archive_month  # brings Arrow along, which most ticks have no use for

    oldest_kept = months.shift(tick.now.date(), -tick.on.settings.retention_months)
    since = tick.now - RESTORED_STAYS
    with tick.on.warehouse.transaction() as transaction:
        found = transaction.run("maintain/expired_months", oldest_kept=oldest_kept, restored_since=since)
        expired = found.scalars().all()
    for first_day in expired:
        target = f"{first_day:%Y-%m}"
        with tick.attempt("retain", target):
            archive = "" if tick.is_dry else archive_month(tick.on, first_day)
            if archive is not None:
                tick.tell("retain", target, "archived", archive)


def sum_months(tick: Tick) -> None:
    """Make the sums by country of the months that were written to: loads do without, the dashboard should not."""
    with tick.on.warehouse.transaction() as transaction:
        found = transaction.run("maintain/months_to_sum", most=MONTHS_SUMMED_AT_ONCE).scalars().all()
    summed = 0
    for first_day in found:
        with tick.attempt("sum_months", f"{first_day:%Y-%m}"):
            if not tick.is_dry:
                with tick.on.warehouse.transaction() as transaction:
                    transaction.run("maintain/sum_month", first_day=first_day)
            summed += 1
    if summed:
        tick.tell("sum_months", TABLE, "summed", f"{_counted(summed, 'month')} that were written to")


def deliver_missed(tick: Tick) -> None:
    """Deliver uploads that the ledger does not know, though they have been in the raw bucket for a while."""
    on = tick.on
    since = tick.now - timedelta(minutes=on.settings.redeliver_after_minutes)
    settled = (upload for upload in on.store.list(on.settings.bucket_raw) if upload.uploaded_at < since)
    for uploads in _batches(settled):
        known = _runs(on, "maintain/known_uploads", [upload.run_id for upload in uploads])
        for upload in uploads:
            if upload.run_id not in known:
                with tick.attempt("deliver_missed", upload.name, UnreachableError):
                    _deliver(tick, upload, "validate")
                    tick.tell("deliver_missed", upload.name, "delivered")


def deliver_again(tick: Tick) -> None:
    """Deliver what runs without progress wait for: the upload, and every part of it that lies in a stage's bucket.

    Each function takes a repeated delivery for what it is, so delivering more than was lost does no harm.
    """
    for run in _silent_runs(tick.on, tick.on.settings.redeliver_after_minutes):
        with tick.attempt("deliver_again", run.object_name, UnreachableError):
            if not run.is_validated:
                _deliver(tick, ledger.upload_of(run), "validate")
            waiting = [
                (part, function)
                for bucket, function in _stages(tick.on)
                for part in tick.on.store.list(bucket, f"{run.run_id}/")
            ]
            for part, function in waiting:
                _deliver(tick, part, function)
            tick.tell("deliver_again", run.object_name, "delivered", _counted(len(waiting), "part"))


def load_released(tick: Tick) -> None:
    """Tell `load` again of released rows that wait longer than they should: the event of the decision was lost."""
    minutes = tick.on.settings.redeliver_after_minutes
    with tick.on.warehouse.transaction() as transaction:
        waiting = transaction.value("maintain/released_rows", minutes=minutes)
    if waiting:
        if not tick.is_dry:
            tell_of_decisions(tick.on.settings)
        tick.tell("load_released", "quality_log", "delivered", f"{_counted(waiting, 'row')} waited")


def fail_hanging(tick: Tick) -> None:
    """Mark runs as FAILED that made no progress for so long that nobody should wait for them any more."""
    minutes = tick.on.settings.hang_after_minutes
    for run in _silent_runs(tick.on, minutes):
        reason = (
            f"{run.object_name} made no progress for {minutes} minutes, so it was given up. "
            "Upload it again; if that does not help, the logs of the functions say why."
        )
        with tick.attempt("fail_hanging", run.object_name):
            if not tick.is_dry:
                with tick.on.warehouse.transaction() as transaction:
                    transaction.run("ledger/fail_run", run_id=run.run_id, stage="maintain", reason=reason, owner=None)
            tick.tell("fail_hanging", run.object_name, "given up")


def clean_stages(tick: Tick) -> None:
    """Delete the parts of runs that ended a while ago; the uploads themselves stay."""
    for bucket, _ in _stages(tick.on):
        with tick.attempt("clean_stages", bucket):
            deleted = 0
            for part in _ended_parts(tick.on, bucket):
                if not tick.is_dry:
                    tick.on.store.delete(part)
                deleted += 1
            if deleted:
                tick.tell("clean_stages", bucket, "deleted", _counted(deleted, "part"))


def train(tick: Tick) -> None:
    """Learn what is usual from the sales that are loaded, now and then."""
    with tick.attempt("train", MODEL):
        with tick.on.warehouse.transaction() as transaction:
            is_due = transaction.value("train/is_due", hours=tick.on.settings.train_after_hours)
        if is_due:
            from functions import train as training  # brings Arrow and numpy along

            outcome, detail = ("trained", "") if tick.is_dry else training.train(tick.on, tick.now)
            tick.tell("train", MODEL, outcome, detail)


TASKS: tuple[Callable[[Tick], None], ...] = (
    make_partitions,
    drain_default,
    retain,
    sum_months,
    deliver_missed,
    deliver_again,
    load_released,
    fail_hanging,
    clean_stages,
    train,
    raise_alerts,
    send_alerts,
)


def _ensure(tick: Tick, task: str, first_day: date) -> bool:
    """Make the partition of a month; False where that failed, which is recorded."""
    target = f"{first_day:%Y-%m}"
    with tick.attempt(task, target):
        if not tick.is_dry:
            partitions.ensure(tick.on.warehouse, first_day)
        return True
    return False


def _deliver(tick: Tick, event: ObjectEvent, function: str) -> None:
    if not tick.is_dry:
        deliver(event, function, tick.on.settings)


def _silent_runs(on: Platform, minutes: int) -> Sequence[sqlalchemy.Row[Any]]:
    with on.warehouse.transaction() as transaction:
        return transaction.run("maintain/silent_runs", minutes=minutes).all()


def _ended_parts(on: Platform, bucket: str) -> Iterator[ObjectEvent]:
    """The parts in a bucket whose runs ended long enough ago."""
    for batch in _batches(on.store.list(bucket)):
        run_ids = sorted({run_of(part) for part in batch})
        ended = _runs(on, "maintain/ended_runs", run_ids, hours=on.settings.stage_retention_hours)
        yield from (part for part in batch if run_of(part) in ended)


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


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
