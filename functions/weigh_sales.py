"""Sales of a part are weighed against what is there of the same lines or orders, and what wins enters the facts."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from functions import sales_sums
from functions.sales_part import SalesPart
from functions.warehouse import Transaction

STAGED_COLUMNS = (
    "order_id", "line_no", "sale_timestamp", "product_id", "customer_id", "quantity", "unit_price", "discount_rate",
    "net_amount", "currency", "country", "is_void", "source_row",
)  # fmt: skip


class UnresolvedSalesError(RuntimeError):
    """Some sales found no version of their product: the dimension's history has a gap. Nothing was loaded."""


def merged(transaction: Transaction, part: SalesPart, is_away: bool, repeats: bool) -> dict[str, int]:
    """Merge a part; `is_away` says whether months of it are archived, `repeats` whether it states a line twice.

    Returns how many rows were loaded, unchanged, superseded and rejected.
    """
    transaction.run("load/sales/stage")
    transaction.copy("load/sales/copy", part.sales.select(STAGED_COLUMNS))
    transaction.run("load/sales/settings")
    transaction.run("load/sales/analyze")
    rejected = transaction.run("load/sales/log_archived", run_id=part.run_id).rowcount if is_away else 0
    if repeats:
        transaction.run("load/sales/settle_repeats")
    # Before the days are locked: loads of the same days, such as the parts of one file, take turns only after this.
    transaction.run("load/sales/resolve", **part.bounds)
    transaction.run("load/sales/lock_days", days=part.days)
    touches_old = _settle_with_present(transaction, part)
    if rejected or repeats or touches_old:
        transaction.run("load/sales/log_superseded_arrivals", run_id=part.run_id)
        outcomes = dict(transaction.run("load/sales/outcomes").mappings().one())
    else:
        outcomes = _all_loaded(part.sales["is_void"])
    counts = _insert(transaction, part, outcomes)
    sales_sums.add_resolved(transaction, part.days, writes_anew=touches_old)
    if touches_old:
        transaction.run("load/rollup/replaced")
    return {**counts, "rows_rejected": rejected}


def _settle_with_present(transaction: Transaction, part: SalesPart) -> bool:
    """Weigh the part against what is there of the same lines or orders; most parts meet nothing, and it is False."""
    if part.replaces_orders:
        found = transaction.run("load/sales/find_present_orders", run_id=part.run_id, **part.bounds)
    else:
        found = transaction.run("load/sales/find_present_lines", **part.bounds)
    if found.rowcount:
        transaction.run("load/sales/analyze_present")
        transaction.run("load/sales/lose", **part.version)
        transaction.run("load/sales/replace", replaces_orders=part.replaces_orders, **part.version)
        transaction.run("load/sales/settle", replaces_orders=part.replaces_orders)
        transaction.run("load/sales/delete_replaced", **part.bounds)
        transaction.run("load/sales/delete_replaced_voids")
        transaction.run("load/sales/drop_losers")
    return bool(found.rowcount)


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


def _insert(transaction: Transaction, part: SalesPart, counts: dict[str, int]) -> dict[str, int]:
    """Insert what is kept by `counts`, the outcomes; returns those of them that are counted in rows of the part."""
    lines, voids = counts.pop("lines_kept"), counts.pop("voids_kept")
    inserted = transaction.run("load/sales/insert", run_id=part.run_id).rowcount
    if inserted != lines:
        raise UnresolvedSalesError(
            f"{lines - inserted} of {lines} sales have no version of their product at their time"
        )
    if voids:
        transaction.run("load/sales/insert_voids", run_id=part.run_id)
    if part.replaces_orders:
        transaction.run("load/sales/state_orders_whole", **part.version)
    return counts
