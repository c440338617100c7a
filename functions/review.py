"""Review: rows that a person released become rows of the warehouse, as if their delivery had brought them.

They go the way of a part (contract, transform, merge) under the version of their own delivery, so that it does not
matter when they are released: a newer delivery stays the newer one. The rows, the counts of their run and the mark that
they are loaded are one transaction, so a row counts once, whatever is released, delivered or interrupted how often.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from functions import contract as contracts
from functions import ledger, load_dimension, load_sales, logged_rows, parts, transform
from functions.contract import Contract
from functions.errors import PermanentError
from functions.events import ObjectEvent
from functions.logged_rows import Logged
from functions.parts import Provenance
from functions.runtime import Platform
from functions.warehouse import Transaction, Warehouse

logger = logging.getLogger(__name__)

ROWS_AT_ONCE = 5_000


class ArchivedMeanwhileError(RuntimeError):
    """A month was archived while its released rows were loaded. Nothing was; the event comes again."""


class NotReleasedError(RuntimeError):
    """The released rows of some uploads were not loaded; the message names them. The event comes again."""


@dataclass(frozen=True)
class Batch:
    """Released rows of one upload: what they lead to by its contract, and why some cannot be loaded, by their ids."""

    provenance: Provenance
    rows: Sequence[Any]
    table: pa.Table
    refused: dict[int, str]

    def only(self, quality_ids: set[int]) -> Batch:
        """The same of some of the rows."""
        rows = [row for row in self.rows if row.quality_id in quality_ids]
        source_rows = pa.array([row.source_row for row in rows], pa.int64())
        table = self.table.filter(pc.is_in(self.table["source_row"], value_set=source_rows))
        refused = {quality_id: why for quality_id, why in self.refused.items() if quality_id in quality_ids}
        return Batch(self.provenance, rows, table, refused)


def handle(on: Platform) -> None:
    """Load every released row of the runs that have ended; one that another load has in hand is left to it.

    Where the rows of an upload fail, those of the others are loaded; raises NotReleasedError at the end.
    """
    with on.warehouse.transaction() as transaction:
        uploads = [ledger.upload_of(run) for run in transaction.run("review/waiting_runs").all()]
    failed = [upload.name for upload in uploads if not _is_loaded(on.warehouse, upload)]
    if failed:
        raise NotReleasedError(f"The released rows of {', '.join(failed)} were not loaded: the log says why.")


def _is_loaded(warehouse: Warehouse, upload: ObjectEvent) -> bool:
    try:
        load_released(warehouse, upload)
    except Exception:  # whatever it is: the others go on, and it is raised by name at the end
        about = {"stage": "review", "run_id": upload.run_id, "object": upload.name}
        logger.exception("loading released rows failed", extra=about)
        return False
    return True


def load_released(warehouse: Warehouse, upload: ObjectEvent) -> None:
    """Load the released rows of one upload, a bounded number at a time; what cannot be loaded is open again."""
    after = 0
    while rows := _read(warehouse, upload, after):
        after = rows[-1].quality_id
        try:
            contract = contracts.for_object(upload.name)
        except PermanentError as error:
            with warehouse.transaction() as transaction:
                _return(transaction, dict.fromkeys(_lock(transaction, rows), str(error)))
            continue
        _load(warehouse, _batch(upload, contract, rows))


def _read(warehouse: Warehouse, upload: ObjectEvent, after: int) -> Sequence[Any]:
    with warehouse.transaction() as transaction:
        return transaction.run("review/released", run_id=upload.run_id, after=after, most=ROWS_AT_ONCE).all()


def _batch(upload: ObjectEvent, contract: Contract, rows: Sequence[Any]) -> Batch:
    checked = logged_rows.check(
        contract, [Logged(row.quality_id, row.source_row, row.is_typed, row.row) for row in rows]
    )
    provenance = parts.of_upload(upload, contract, part_no=0)
    table = checked.valid
    if contract.entity == "sales":
        # A person has judged: they are not scored again.
        table = table.append_column("anomaly_score", pa.nulls(table.num_rows, pa.float64()))
        table = table.append_column("anomaly_reason", pa.nulls(table.num_rows, pa.string()))
    return Batch(provenance, rows, transform.transformed(table, provenance), checked.refused)


def _load(warehouse: Warehouse, batch: Batch) -> None:
    """Load what is still released of a batch, in one transaction with the counts of the run."""
    entity = batch.provenance.entity
    if entity == "sales":
        load_sales.prepare(warehouse, batch.table)
    with warehouse.transaction() as transaction:
        # Before the rows are locked, as whoever forgets a customer does, so that no two wait for each other.
        transaction.run("load/share_dimensions" if entity == "sales" else "load/own_dimensions")
        mine = batch.only(_lock(transaction, batch.rows))
        away = _archived(transaction, mine) if entity == "sales" else {}
        mine = mine.only({row.quality_id for row in mine.rows} - set(away))
        if mine.table.num_rows:
            _merge(transaction, mine)
        _return(transaction, mine.refused | away)
    about = {"stage": "review", "run_id": batch.provenance.run_id, "rows": mine.table.num_rows}
    logger.info("loaded released rows", extra={**about, "returned": len(mine.refused | away)})


def _lock(transaction: Transaction, rows: Sequence[Any]) -> set[int]:
    """Lock these rows; returns those that are still released as they were read, and are not in another load's hand."""
    locked = transaction.run(
        "review/lock_released",
        quality_ids=[row.quality_id for row in rows],
        reviewed_at=[row.reviewed_at for row in rows],
    )
    return set(locked.scalars())


def _archived(transaction: Transaction, batch: Batch) -> dict[int, str]:
    """Rows of months that are archived, by their ids, each with what to do."""
    months = pc.floor_temporal(batch.table["sale_timestamp"], unit="month").cast(pa.date32())
    away = transaction.run("load/archived_months", months=pc.unique(months).to_pylist()).scalars().all()
    month_of = dict(zip(batch.table["source_row"].to_pylist(), months.to_pylist(), strict=True))
    return {
        row.quality_id: f"the month {month:%Y-%m} is archived; bring it back with `restore {month:%Y-%m}`, then "
        "release the row again"
        for row in batch.rows
        if (month := month_of.get(row.source_row)) in away
    }


def _merge(transaction: Transaction, batch: Batch) -> None:
    """Merge the rows as a part is merged, mark them as loaded, and move the counts of their run."""
    if batch.provenance.entity == "sales":
        counts = load_sales.merge(transaction, batch.provenance, batch.table, weighs=True)
        mark = "review/mark_sales"
    else:
        counts = load_dimension.merge(transaction, batch.provenance, batch.table)
        mark = "review/mark_changes"
    if counts["rows_rejected"]:
        raise ArchivedMeanwhileError(f"{counts['rows_rejected']} rows of months that were archived meanwhile")
    loaded = [row.quality_id for row in batch.rows if row.quality_id not in batch.refused]
    transaction.run(mark, quality_ids=loaded)
    transaction.run("review/count", quality_ids=loaded, run_id=batch.provenance.run_id)


def _return(transaction: Transaction, refused: dict[int, str]) -> None:
    if refused:
        transaction.run("review/return", quality_ids=list(refused), reasons=list(refused.values()))
