"""Merge changes of products or customers into their Type 2 history, by the time they took effect."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pyarrow as pa

from functions.parts import Provenance
from functions.transform import CHANGE_COLUMNS
from functions.warehouse import Transaction

DIMENSIONS = {"products": "product", "customers": "customer"}


def merge(transaction: Transaction, provenance: Provenance, changes: pa.Table) -> dict[str, int]:
    """Merge the changes of one part; returns how many were loaded, unchanged, superseded and rejected.

    Sales that point at a version whose time has changed are pointed anew in the same transaction.
    """
    dimension = DIMENSIONS[provenance.entity]
    uploaded_at, run_id = datetime.fromisoformat(provenance.uploaded_at), UUID(provenance.run_id)
    transaction.run("load/dimension/stage")
    transaction.copy("load/dimension/copy", changes.select(CHANGE_COLUMNS), json=["attributes"])
    transaction.run("load/own_dimensions")
    if dimension == "customer":
        transaction.run("load/dimension/forget")
    if provenance.is_snapshot:
        _add_what_follows_from_snapshot(transaction, dimension, uploaded_at, run_id)
    transaction.run("load/dimension/settle_repeats")
    transaction.run("load/dimension/retire_by_earlier_snapshots", dimension=dimension, run_id=run_id)
    transaction.run(
        "load/dimension/settle",
        dimension=dimension,
        uploaded_at=uploaded_at,
        generation=provenance.generation,
        run_id=run_id,
    )
    transaction.run("load/dimension/log_superseded_arrivals", dimension=dimension, run_id=run_id)
    transaction.run("load/dimension/log_superseded_present", dimension=dimension)
    transaction.run("load/dimension/upsert", dimension=dimension, run_id=run_id)
    rewrite_history(transaction, dimension)
    return {**transaction.run("load/dimension/outcomes").mappings().one(), "rows_rejected": 0}


def _add_what_follows_from_snapshot(
    transaction: Transaction, dimension: str, uploaded_at: datetime, run_id: UUID
) -> None:
    """Once all parts of a snapshot are in, what it mentions is so at its time, and if it is full, all else ends."""
    transaction.run("load/dimension/mention", uploaded_at=uploaded_at, run_id=run_id)
    if not transaction.value("load/dimension/snapshot_is_in", run_id=run_id):
        return
    snapshot = {"uploaded_at": uploaded_at, "run_id": run_id}
    transaction.run("load/dimension/state_mentioned", **snapshot)
    if transaction.value("load/dimension/snapshot_is_full", run_id=run_id):
        transaction.run("load/dimension/retire_unmentioned", dimension=dimension, **snapshot)
        transaction.run("load/dimension/enter_snapshot", dimension=dimension, **snapshot)
        # Else they are kept: a rejected row that a person releases is weighed against what else the file mentions.
        transaction.run("load/dimension/clear_mentions", run_id=run_id)


def rewrite_history(transaction: Transaction, dimension: str) -> None:
    """Make the dimension follow from its stated changes, for the keys in the temporary table incoming_change.

    Sales and their sums by day follow.
    """
    transaction.run("load/dimension/timeline", dimension=dimension)
    changed_from = transaction.value("load/dimension/changed_from")
    if changed_from is None:
        return
    transaction.run(f"load/dimension/clear_{dimension}")
    transaction.run(f"load/dimension/update_{dimension}")
    transaction.run(f"load/dimension/insert_{dimension}")
    changed = transaction.run(f"load/dimension/repoint_{dimension}", changed_from=changed_from)
    if dimension == "customer":
        changed = transaction.run("load/dimension/days_of_customers", changed_from=changed_from)
    transaction.run("load/rollup/days", days=list(changed.scalars()))
