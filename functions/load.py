"""Load: a curated part becomes rows of the warehouse, in one transaction with its entry in the ledger."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from functions import load_dimension, load_sales, parts, weigh_sales
from functions.copying import as_arrays
from functions.events import ObjectEvent
from functions.parts import Provenance
from functions.rules import json_text
from functions.runtime import Platform
from functions.warehouse import Transaction

logger = logging.getLogger(__name__)

LOGGED_COLUMNS = [name for name in weigh_sales.STAGED_COLUMNS if name != "source_row"]
LOGGED_ROWS = 10_000  # at once: as text, they take several times their memory


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
    flowing, held, flagged = split(table, provenance.flags_anomalies)
    if provenance.entity == "sales":
        load_sales.prepare(on.warehouse, flowing)
    with on.warehouse.transaction() as transaction:
        if not _enter(transaction, provenance, held.num_rows):
            return
        _log(transaction, provenance, flagged, "flagged")
        outcome = _load(transaction, provenance, flowing, held)
    logger.info(
        "loaded",
        extra={"stage": "load", "run_id": provenance.run_id, "part_no": provenance.part_no, **asdict(outcome)},
    )


def split(table: pa.Table, flags_anomalies: bool) -> tuple[pa.Table, pa.Table, pa.Table]:
    """The rows that flow on, the anomalous ones that are held, and those that flow on though they are anomalous."""
    none = table.slice(0, 0)
    if "anomaly_reason" not in table.column_names:
        return table, none, none
    is_anomalous = pc.is_valid(table["anomaly_reason"])
    if flags_anomalies:
        return table, none, table.filter(is_anomalous)
    return table.filter(pc.invert(is_anomalous)), table.filter(is_anomalous), none


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


def _load(transaction: Transaction, provenance: Provenance, flowing: pa.Table, held: pa.Table) -> Outcome:
    """Load the rows, keep the held ones, count both, and end the run if this was its last part."""
    _log(transaction, provenance, held, "held")
    if provenance.entity == "sales":
        counts = load_sales.merge(transaction, provenance, flowing)
    else:
        counts = load_dimension.merge(transaction, provenance, flowing)
    outcome = Outcome(rows_held=held.num_rows, **counts)
    run_id = UUID(provenance.run_id)
    transaction.run("load/count_part", run_id=run_id, part_no=provenance.part_no, **counts)
    transaction.run("load/count_run", run_id=run_id, **asdict(outcome))
    transaction.run("ledger/finish_run", run_id=run_id)
    return outcome


def _log(transaction: Transaction, provenance: Provenance, anomalous: pa.Table, kind: str) -> None:
    """Enter anomalous rows in the quality log, as held or as flagged."""
    for first in range(0, anomalous.num_rows, LOGGED_ROWS):
        some = anomalous.slice(first, LOGGED_ROWS)
        rows = [json_text(row) for row in some.select(LOGGED_COLUMNS).to_pylist()]
        entries = some.select(["source_row", "anomaly_reason", "anomaly_score"])
        transaction.run(
            "load/log_anomalous",
            run_id=UUID(provenance.run_id),
            kind=kind,
            model_version=provenance.model_version,
            **as_arrays(entries.append_column("row", pa.array(rows, pa.string()))),
        )
