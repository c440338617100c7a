"""Load: a curated part becomes rows of the warehouse, in one transaction with its entry in the ledger."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from functions import load_dimension, load_sales, parts, weigh_sales
from functions.events import ObjectEvent
from functions.parts import Provenance
from functions.rules import json_text
from functions.runtime import Platform
from functions.warehouse import Transaction, Warehouse

logger = logging.getLogger(__name__)

LOGGED_COLUMNS = [name for name in weigh_sales.STAGED_COLUMNS if name != "source_row"]


class Split(NamedTuple):
    """The rows that flow on, the anomalous ones that are held, and those that flow on though they are anomalous."""

    flowing: pa.Table
    held: pa.Table
    flagged: pa.Table


@dataclass(frozen=True)
class Outcome:
    """What became of the rows of a part."""

    rows_held: int
    rows_loaded: int
    rows_unchanged: int
    rows_superseded: int
    rows_rejected: int


def handle(part: ObjectEvent, on: Platform) -> None:
    """Load one curated part; a part that is in already changes nothing."""
    table, provenance = parts.decode(on.store.read(part))
    rows = split(table, provenance.flags_anomalies)
    try:
        outcome = _in_one_transaction(on.warehouse, provenance, rows, is_prepared=False)
    except load_sales.NotPreparedError:
        load_sales.prepare(on.warehouse, rows.flowing)
        outcome = _in_one_transaction(on.warehouse, provenance, rows, is_prepared=True)
    if outcome:
        about = {"stage": "load", "run_id": provenance.run_id, "part_no": provenance.part_no}
        logger.info("loaded", extra=about | asdict(outcome))


def split(table: pa.Table, flags_anomalies: bool) -> Split:
    """What becomes of the rows of a part, by what `score` found."""
    none = table.slice(0, 0)
    if "anomaly_reason" not in table.column_names:
        return Split(table, none, none)
    is_anomalous = pc.is_valid(table["anomaly_reason"])
    if flags_anomalies:
        return Split(table, none, table.filter(is_anomalous))
    return Split(table.filter(pc.invert(is_anomalous)), table.filter(is_anomalous), none)


def _in_one_transaction(warehouse: Warehouse, provenance: Provenance, rows: Split, is_prepared: bool) -> Outcome | None:
    """Load a part; None where it is in already."""
    with warehouse.transaction() as transaction:
        if not _enter(transaction, provenance, rows.held.num_rows):
            return None
        return _load(transaction, provenance, rows, is_prepared)


def _enter(transaction: Transaction, provenance: Provenance, rows_held: int) -> bool:
    """Enter the part in the ledger; False where it is in already."""
    entered = transaction.value(
        "load/enter_part",
        run_id=UUID(provenance.run_id),
        part_no=provenance.part_no,
        model_version=provenance.model_version,
        rows_held=rows_held,
        validated_at=datetime.fromisoformat(provenance.validated_at),
        scored_at=datetime.fromisoformat(provenance.scored_at),
        transformed_at=datetime.fromisoformat(provenance.transformed_at),
        closes_snapshot=provenance.closes_snapshot,
    )
    return entered is not None


def _load(transaction: Transaction, provenance: Provenance, rows: Split, is_prepared: bool) -> Outcome:
    """Load the rows, log the anomalous ones, count both, and end the run if this was its last part."""
    _log(transaction, provenance, rows.flagged, "flagged")
    _log(transaction, provenance, rows.held, "held")
    if provenance.entity == "sales":
        counts = load_sales.merge(transaction, provenance, rows.flowing, is_prepared)
    else:
        counts = load_dimension.merge(transaction, provenance, rows.flowing)
    outcome = Outcome(rows_held=rows.held.num_rows, **counts)
    run_id = UUID(provenance.run_id)
    transaction.run("load/count_part", run_id=run_id, part_no=provenance.part_no, **counts)
    transaction.run("load/count_run", run_id=run_id, **asdict(outcome))
    transaction.run("ledger/finish_run", run_id=run_id)
    return outcome


def _log(transaction: Transaction, provenance: Provenance, anomalous: pa.Table, kind: str) -> None:
    """Enter anomalous rows in the quality log, as held or as flagged."""
    if not anomalous.num_rows:
        return
    rows = anomalous.select(LOGGED_COLUMNS).to_pylist()
    entries = anomalous.select(["source_row", "anomaly_reason", "anomaly_score"]).append_column(
        "row", pa.array([json_text(row) for row in rows], pa.string())
    )
    transaction.run("load/anomalous_stage")
    transaction.copy("load/anomalous_copy", entries, json=["row"])
    transaction.run(
        "load/anomalous_log", run_id=UUID(provenance.run_id), kind=kind, model_version=provenance.model_version
    )
