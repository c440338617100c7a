"""Validate: an uploaded file becomes parts of typed rows; rows that break its contract go to the quality log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pyarrow as pa

from functions import checking, ledger, parts, quality
from functions import contract as contracts
from functions.contract import Contract
from functions.drift import Drift
from functions.errors import PermanentError
from functions.events import ObjectEvent
from functions.lean import give_back_memory
from functions.ledger import Lease
from functions.quality import Quality
from functions.readers import detect
from functions.rules import Checked
from functions.runtime import Platform
from functions.store import ObjectDamagedError, ObjectGoneError
from functions.warehouse import Warehouse

# Rejected rows are written so many at a time: a transaction for each few of them is what would cost most.
LOGGED_ROWS = 20_000
LOGGED_BYTES = 8 * 1024 * 1024

logger = logging.getLogger(__name__)


@dataclass
class Counts:
    """What was read of a file so far."""

    rows_read: int = 0
    rows_rejected: int = 0
    parts: int = 0
    last_row: int = 0


@dataclass
class Rejected:
    """Rejected rows that wait to be written, and how much they are so far."""

    tables: list[pa.Table] = field(default_factory=list)
    rows: int = 0
    size: int = 0

    def add(self, table: pa.Table) -> None:
        """Add those of some rows; most files have none, and are read in thousands of pieces."""
        if table.num_rows:
            self.tables.append(table)
            self.rows += table.num_rows
            self.size += table.nbytes

    @property
    def is_much(self) -> bool:
        """Whether they should wait no longer."""
        return self.rows >= LOGGED_ROWS or self.size >= LOGGED_BYTES


def handle(upload: ObjectEvent, on: Platform) -> None:
    """Validate one upload; raises PermanentError where the file as a whole cannot be read.

    A repeated delivery does again what is not done yet and leaves the same: parts are created once, a row is rejected
    once. While another attempt is at it, it raises LeaseHeldError.
    """
    with ledger.leased(on.warehouse, upload, on.settings.lease_seconds, on.settings.part_rows) as lease:
        if lease:
            _validate(upload, on, lease)


def _validate(upload: ObjectEvent, on: Platform, lease: Lease) -> None:
    contract = contracts.for_object(upload.name)
    with on.warehouse.transaction() as transaction:
        ledger.name_contract(transaction, lease, contract)
    counts, seen, drift = Counts(), Quality(contract), Drift(contract, upload.name)
    try:
        _write_parts(upload, on, lease, counts, seen, drift)
    except PermanentError as error:
        with on.warehouse.transaction() as transaction:
            ledger.note_drift(transaction, lease, drift.as_dict())
        if not counts.parts:
            raise
        raise PermanentError(
            f"{error} What comes before that place is loaded up to row {counts.last_row:,}, the rest is not."
        ) from error
    with on.warehouse.transaction() as transaction:
        ledger.note_drift(transaction, lease, drift.as_dict())
        notice = " ".join([*_notice(contract, counts), *drift.sentences()]) or None
        ledger.validated(transaction, lease, counts.parts, counts.rows_read, counts.rows_rejected, notice)
        quality.enter(transaction, lease, seen)
    logger.info("validated", extra={"stage": "validate", "run_id": upload.run_id, **vars(counts)})


def _notice(contract: Contract, counts: Counts) -> list[str]:
    """What the owner of the shop should know of a snapshot that cannot be taken for full."""
    if not contract.is_snapshot or (counts.parts and not counts.rows_rejected):
        return []
    why = f"{counts.rows_rejected:,} of its rows were rejected" if counts.rows_rejected else "it holds no rows"
    return [f"This snapshot retires nothing, since {why}."]


def _write_parts(upload: ObjectEvent, on: Platform, lease: Lease, counts: Counts, seen: Quality, drift: Drift) -> None:
    contract = drift.contract
    valid = _valid_rows(upload, on, lease, counts, seen, drift)
    for table, is_last in parts.cut(valid, lease.part_rows, "order_id" if contract.replaces_orders else None):
        provenance = parts.of_upload(upload, contract, counts.parts).stamped(
            validated_at=parts.now(),
            closes_snapshot=contract.is_snapshot and is_last,
        )
        on.store.create(on.settings.bucket_validated, provenance.part_name, parts.encode(table, provenance))
        counts.parts += 1
        counts.last_row = table["source_row"][-1].as_py()
        if not is_last:
            _renew(on.warehouse, lease)
            give_back_memory()


def _valid_rows(
    upload: ObjectEvent, on: Platform, lease: Lease, counts: Counts, seen: Quality, drift: Drift
) -> Iterator[pa.Table]:
    """The valid rows as they are read; the rejected ones go to the quality log on the way, many at a time."""
    waiting = Rejected()
    try:
        for checked in _checked(upload, on, drift):
            counts.rows_read += checked.valid.num_rows + checked.rejected.num_rows
            counts.rows_rejected += checked.rejected.num_rows
            waiting.add(checked.rejected)
            if waiting.is_much:
                _log_rejected(on.warehouse, lease, waiting)
                waiting = Rejected()
            seen.add(checked)
            yield checked.valid
    except PermanentError:
        _log_rejected(on.warehouse, lease, waiting)
        raise
    _log_rejected(on.warehouse, lease, waiting)


def _checked(upload: ObjectEvent, on: Platform, drift: Drift) -> Iterator[Checked]:
    with _readable(upload):
        opened = detect.open_file(upload.name, on.store.open(upload), on.settings.max_file_bytes)
        yield from checking.checked(opened, drift)


@contextmanager
def _readable(upload: ObjectEvent) -> Iterator[None]:
    """Raise PermanentError where the upload is gone, or what came before its end is not to be trusted."""
    try:
        yield
    except ObjectGoneError as error:
        raise PermanentError(
            f"{upload.name} was replaced or deleted before it was read. If it was replaced, the newer upload counts."
        ) from error
    except ObjectDamagedError as error:
        raise PermanentError(f"{upload.name} was damaged on its way from the bucket. Upload it again.") from error


def _renew(warehouse: Warehouse, lease: Lease) -> None:
    with warehouse.transaction() as transaction:
        ledger.renew(transaction, lease)


def _log_rejected(warehouse: Warehouse, lease: Lease, rejected: Rejected) -> None:
    if not rejected.tables:
        return
    with warehouse.transaction() as transaction:
        ledger.renew(transaction, lease)
        transaction.run("validate/stage_rejected")
        transaction.copy("validate/copy_rejected", pa.concat_tables(rejected.tables), json=["row"])
        transaction.run("validate/log_rejected", run_id=lease.run_id)
