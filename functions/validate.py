"""Validate: an uploaded file becomes parts of typed rows; rows that break its contract go to the quality log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from functions import contract as contracts
from functions import ledger, parts, readers, rules
from functions.contract import Contract
from functions.errors import PermanentError
from functions.events import ObjectEvent
from functions.readers import detect
from functions.runtime import Platform
from functions.store import ObjectGoneError
from functions.warehouse import Transaction, Warehouse

logger = logging.getLogger(__name__)


@dataclass
class Counts:
    """What was read of a file so far."""

    rows_read: int = 0
    rows_rejected: int = 0
    parts: int = 0
    last_row: int = 0


def handle(upload: ObjectEvent, on: Platform) -> None:
    """Validate one upload; raises PermanentError where the file as a whole cannot be read.

    A repeated delivery does again what is not done yet and leaves the same: parts are created once, a row is rejected
    once.
    """
    if not ledger.start(on.warehouse, upload):
        return
    contract = contracts.for_object(upload.name)
    with on.warehouse.transaction() as transaction:
        ledger.name_contract(transaction, upload, contract)
    counts = Counts()
    try:
        _write_parts(upload, contract, on, counts)
    except PermanentError as error:
        if not counts.parts:
            raise
        raise PermanentError(
            f"{error} What comes before that place is loaded up to row {counts.last_row:,}, the rest is not."
        ) from error
    with on.warehouse.transaction() as transaction:
        ledger.validated(transaction, upload, counts.parts, counts.rows_read, counts.rows_rejected)
    logger.info("validated", extra={"stage": "validate", "run_id": upload.run_id, **vars(counts)})


def _write_parts(upload: ObjectEvent, contract: Contract, on: Platform, counts: Counts) -> None:
    valid = _valid_rows(upload, contract, on, counts)
    for table in parts.cut(valid, on.settings.part_rows, "order_id" if contract.replaces_orders else None):
        provenance = parts.of_upload(upload, contract, counts.parts).stamped(validated_at=parts.now())
        on.store.create(on.settings.bucket_validated, provenance.part_name, parts.encode(table, provenance))
        counts.parts += 1
        counts.last_row = table["source_row"][-1].as_py()


def _valid_rows(upload: ObjectEvent, contract: Contract, on: Platform, counts: Counts) -> Iterator[pa.Table]:
    """The valid rows as they are read; the rejected ones go to the quality log on the way."""
    for rows in readers.read(_opened(upload, on), contract, upload.name):
        checked = rules.check(contract, rows)
        counts.rows_read += checked.valid.num_rows + checked.rejected.num_rows
        counts.rows_rejected += checked.rejected.num_rows
        if checked.rejected.num_rows:
            _log_rejected(on.warehouse, upload, checked.rejected)
        yield checked.valid


def _opened(upload: ObjectEvent, on: Platform) -> detect.Opened:
    try:
        stream = on.store.open(upload)
    except ObjectGoneError as error:
        raise PermanentError(
            f"{upload.name} was replaced or deleted before it was read. If it was replaced, the newer upload counts."
        ) from error
    return detect.open_file(upload.name, stream, on.settings.max_file_bytes)


def _log_rejected(warehouse: Warehouse, upload: ObjectEvent, rejected: pa.Table) -> None:
    with warehouse.transaction() as transaction:
        _copy_rejected(transaction, upload, rejected)
        transaction.run("ledger/heartbeat", run_id=upload.run_id)


def _copy_rejected(transaction: Transaction, upload: ObjectEvent, rejected: pa.Table) -> None:
    transaction.run("validate/stage_rejected")
    transaction.copy("validate/copy_rejected", rejected)
    transaction.run("validate/log_rejected", run_id=upload.run_id)
