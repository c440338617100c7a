"""Merge sales into the facts: the newest delivery of a group wins, whichever is loaded first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from functions import partitions
from functions.parts import Provenance
from functions.warehouse import Transaction, Warehouse

STAGED_COLUMNS = (
    "order_id", "line_no", "sale_timestamp", "product_id", "customer_id", "quantity", "unit_price", "discount_rate",
    "net_amount", "currency", "country", "is_void", "source_row", "group_line", "group_time",
)  # fmt: skip


class UnresolvedSalesError(RuntimeError):
    """Some sales found no version of their product: the dimension's history has a gap. Nothing was loaded."""


def ensure_partitions(warehouse: Warehouse, sale_timestamps: pa.ChunkedArray) -> None:
    """Make the months of these sales that have no partition yet."""
    months = pc.unique(pc.floor_temporal(sale_timestamps, unit="month").cast(pa.date32()))
    with warehouse.transaction() as transaction:
        missing = transaction.run("load/missing_months", months=months.to_pylist()).scalars().all()
    for first_day in missing:
        partitions.ensure(warehouse, first_day)


def merge(transaction: Transaction, provenance: Provenance, sales: pa.Table) -> dict[str, int]:
    """Merge the sales and voids of one part; returns how many were loaded, unchanged, superseded and rejected."""
    if not sales.num_rows:
        return {"rows_loaded": 0, "rows_unchanged": 0, "rows_superseded": 0, "rows_rejected": 0}
    version = {
        "uploaded_at": datetime.fromisoformat(provenance.uploaded_at),
        "generation": provenance.generation,
        "run_id": UUID(provenance.run_id),
    }
    transaction.run("load/sales/stage")
    transaction.copy("load/sales/copy", sales.select(STAGED_COLUMNS))
    transaction.run("load/sales/analyze")
    transaction.run("load/share_dimensions")
    transaction.run("load/sales/share_months")
    rejected = transaction.run("load/sales/log_archived", run_id=version["run_id"]).rowcount
    transaction.run("load/sales/lock_days")
    if not provenance.replaces_orders:
        transaction.run("load/sales/settle_repeats")
    _settle_with_present(transaction, provenance.replaces_orders, version, sales["group_time"])
    counts = _insert(transaction, provenance.replaces_orders, version)
    transaction.run("load/rollup/sales")
    return {**counts, "rows_rejected": rejected}


def _settle_with_present(
    transaction: Transaction, replaces_orders: bool, version: dict[str, Any], times: pa.ChunkedArray
) -> None:
    """Weigh the part against what is there of the same lines or orders; most parts meet nothing."""
    span = pc.min_max(times).as_py()
    bounds = {"first_time": span["min"], "end_time": span["max"] + timedelta(days=1)}
    if replaces_orders:
        found = transaction.run("load/sales/find_present_orders", run_id=version["run_id"], **bounds)
    else:
        found = transaction.run("load/sales/find_present_lines", **bounds)
    if found.rowcount:
        transaction.run("load/sales/analyze_present")
        transaction.run("load/sales/lose", **version)
        transaction.run("load/sales/replace", replaces_orders=replaces_orders, **version)
        transaction.run("load/sales/settle")
        transaction.run("load/sales/delete_replaced", **bounds)
        transaction.run("load/sales/delete_replaced_voids")
    transaction.run("load/sales/log_superseded_arrivals", run_id=version["run_id"])


def _insert(transaction: Transaction, replaces_orders: bool, version: dict[str, Any]) -> dict[str, int]:
    transaction.run("load/sales/infer_products")
    transaction.run("load/sales/infer_customers")
    counts = dict(transaction.run("load/sales/outcomes").mappings().one())
    lines, voids = counts.pop("lines_kept"), counts.pop("voids_kept")
    inserted = transaction.run("load/sales/insert", run_id=version["run_id"]).rowcount
    if inserted != lines:
        raise UnresolvedSalesError(
            f"{lines - inserted} of {lines} sales have no version of their product at their time"
        )
    if voids:
        transaction.run("load/sales/insert_voids", run_id=version["run_id"])
    if replaces_orders:
        transaction.run("load/sales/state_orders_whole", **version)
    return counts
