"""Merge sales into the facts: the newest delivery of a group wins, whichever is loaded first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from functions import partitions
from functions.parts import Provenance
from functions.warehouse import Transaction, Warehouse

STAGED_COLUMNS = (
    "order_id", "line_no", "sale_timestamp", "product_id", "customer_id", "quantity", "unit_price", "discount_rate",
    "net_amount", "currency", "country", "is_void", "source_row",
)  # fmt: skip


class UnresolvedSalesError(RuntimeError):
    """Some sales found no version of their product: the dimension's history has a gap. Nothing was loaded."""


def prepare(warehouse: Warehouse, sales: pa.Table) -> None:
    """Make what these sales need: the partitions of their months, and versions of unknown products and customers.

    In transactions of its own: at the end of a whole load, others that sell the same new products would wait for it.
    """
    with warehouse.transaction() as transaction:
        missing = transaction.run("load/missing_months", months=_months(sales["sale_timestamp"])).scalars().all()
    for first_day in missing:
        partitions.ensure(warehouse, first_day)
    with warehouse.transaction() as transaction:
        if missing:
            sales = _without_archived(transaction, sales, missing)
        transaction.run("load/share_dimensions")
        transaction.run("load/sales/infer_products", ids=_distinct(sales["product_id"]))
        transaction.run("load/sales/infer_customers", ids=_distinct(sales["customer_id"]))


def _without_archived(transaction: Transaction, sales: pa.Table, months: Sequence[date]) -> pa.Table:
    """The sales but those of archived months, which are not going to be loaded."""
    away = transaction.run("load/archived_months", months=list(months)).scalars().all()
    month_of_sale = pc.floor_temporal(sales["sale_timestamp"].cast(pa.date32(), safe=False), unit="month")
    return sales.filter(pc.invert(pc.is_in(month_of_sale, pa.array(away, pa.date32()))))


def _distinct(values: pa.ChunkedArray) -> list[str]:
    distinct: list[str] = pc.unique(values).drop_null().to_pylist()
    return distinct


def merge(transaction: Transaction, provenance: Provenance, sales: pa.Table) -> dict[str, int]:
    """Merge the sales and voids of one part; returns how many were loaded, unchanged, superseded and rejected."""
    if not sales.num_rows:
        return {"rows_loaded": 0, "rows_unchanged": 0, "rows_superseded": 0, "rows_rejected": 0}
    version = {
        "uploaded_at": datetime.fromisoformat(provenance.uploaded_at),
        "generation": provenance.generation,
        "run_id": UUID(provenance.run_id),
    }
    replaces_orders = provenance.replaces_orders
    days = _days(sales["sale_timestamp"])
    bounds = {"first_time": _midnight(min(days)), "end_time": _midnight(max(days)) + timedelta(days=1)}
    transaction.run("load/sales/stage")
    transaction.copy("load/sales/copy", sales.select(STAGED_COLUMNS))
    transaction.run("load/sales/settings")
    transaction.run("load/sales/analyze")
    transaction.run("load/share_dimensions")
    transaction.run("load/sales/share_months", days=days)
    rejected = _log_archived(transaction, sales, UUID(provenance.run_id))
    repeats = not replaces_orders and _repeats_lines(sales)
    if repeats:
        transaction.run("load/sales/settle_repeats")
    # Before the days are locked: loads of the same days, such as the parts of one file, take turns only after this.
    transaction.run("load/sales/resolve", **bounds)
    transaction.run("load/sales/lock_days", days=days)
    touches_old = _settle_with_present(transaction, replaces_orders, version, bounds)
    transaction.run("load/rollup/lock_months", days=days, writes_anew=touches_old)
    transaction.run("load/rollup/clear_countries", days=days)
    if rejected or repeats or touches_old:
        transaction.run("load/sales/log_superseded_arrivals", run_id=version["run_id"])
        outcomes = dict(transaction.run("load/sales/outcomes").mappings().one())
    else:
        outcomes = _all_loaded(sales["is_void"])
    counts = _insert(transaction, replaces_orders, version, outcomes)
    if touches_old:
        transaction.run("load/rollup/replaced")
    return {**counts, "rows_rejected": rejected}


def _days(sale_timestamps: pa.ChunkedArray) -> list[date]:
    days: list[date] = _distinct_days(sale_timestamps).to_pylist()
    return days


def _months(sale_timestamps: pa.ChunkedArray) -> list[date]:
    months: list[date] = pc.unique(pc.floor_temporal(_distinct_days(sale_timestamps), unit="month")).to_pylist()
    return months


def _distinct_days(sale_timestamps: pa.ChunkedArray) -> pa.Array:
    return pc.unique(sale_timestamps.cast(pa.date32(), safe=False))


def _repeats_lines(sales: pa.Table) -> bool:
    """Whether some line is stated more than once."""
    lines = sales.group_by(["order_id", "line_no", "sale_timestamp"], use_threads=False).aggregate([])
    return bool(lines.num_rows < sales.num_rows)


def _log_archived(transaction: Transaction, sales: pa.Table, run_id: UUID) -> int:
    """Keep the rows of months that are archived in the quality log; returns how many there are."""
    if not transaction.run("load/archived_months", months=_months(sales["sale_timestamp"])).rowcount:
        return 0
    return transaction.run("load/sales/log_archived", run_id=run_id).rowcount


def _settle_with_present(
    transaction: Transaction, replaces_orders: bool, version: dict[str, Any], bounds: dict[str, datetime]
) -> bool:
    """Weigh the part against what is there of the same lines or orders; most parts meet nothing, and it is False."""
    if replaces_orders:
        found = transaction.run("load/sales/find_present_orders", run_id=version["run_id"], **bounds)
    else:
        found = transaction.run("load/sales/find_present_lines", **bounds)
    if found.rowcount:
        transaction.run("load/sales/analyze_present")
        transaction.run("load/sales/lose", **version)
        transaction.run("load/sales/replace", replaces_orders=replaces_orders, **version)
        transaction.run("load/sales/settle", replaces_orders=replaces_orders)
        transaction.run("load/sales/delete_replaced", **bounds)
        transaction.run("load/sales/delete_replaced_voids")
        transaction.run("load/sales/drop_losers")
    return bool(found.rowcount)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _all_loaded(is_void: pa.ChunkedArray) -> dict[str, int]:
    """What sql/load/sales/outcomes.sql would count where nothing was weighed."""
    rows, voids = len(is_void), pc.sum(is_void).as_py()
    return {
        "rows_loaded": rows,
        "rows_unchanged": 0,
        "rows_superseded": 0,
        "lines_kept": rows - voids,
        "voids_kept": voids,
    }


def _insert(
    transaction: Transaction, replaces_orders: bool, version: dict[str, Any], counts: dict[str, int]
) -> dict[str, int]:
    """Insert what is kept by `counts`, the outcomes; returns those of them that are counted in rows of the part."""
    lines, voids = counts.pop("lines_kept"), counts.pop("voids_kept")
    inserted = transaction.value("load/sales/insert", run_id=version["run_id"])
    if inserted != lines:
        raise UnresolvedSalesError(
            f"{lines - inserted} of {lines} sales have no version of their product at their time"
        )
    if voids:
        transaction.run("load/sales/insert_voids", run_id=version["run_id"])
    if replaces_orders:
        transaction.run("load/sales/state_orders_whole", **version)
    return counts
