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
    """Merge the changes of one part; returns how many were loaded, unchanged and superseded.

    Sales that point at a version whose time has changed are pointed anew in the same transaction.
    """
    dimension = DIMENSIONS[provenance.entity]
    run_id = UUID(provenance.run_id)
    transaction.run("load/dimension/stage")
    transaction.copy("load/dimension/copy", changes.select(CHANGE_COLUMNS))
    transaction.run("load/own_dimensions")
    transaction.run("load/dimension/settle_repeats")
    transaction.run(
        "load/dimension/settle",
        dimension=dimension,
        uploaded_at=datetime.fromisoformat(provenance.uploaded_at),
        generation=provenance.generation,
        run_id=run_id,
    )
    transaction.run("load/dimension/log_superseded_arrivals", run_id=run_id)
    transaction.run("load/dimension/log_superseded_present", dimension=dimension)
    transaction.run("load/dimension/upsert", dimension=dimension, run_id=run_id)
    _rewrite_history(transaction, dimension)
    return dict(transaction.run("load/dimension/outcomes").mappings().one())


def _rewrite_history(transaction: Transaction, dimension: str) -> None:
    transaction.run("load/dimension/timeline", dimension=dimension)
    changed_from = transaction.value("load/dimension/changed_from")
    if changed_from is None:
        return
    transaction.run(f"load/dimension/clear_{dimension}")
    transaction.run(f"load/dimension/update_{dimension}")
    transaction.run(f"load/dimension/insert_{dimension}")
    transaction.run(f"load/dimension/repoint_{dimension}", changed_from=changed_from)
