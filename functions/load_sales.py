"""Merge sales into the facts: the newest delivery of a group wins, whichever is loaded first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from functions import load_new_sales, partitions, weigh_sales
from functions.copying import as_array
from functions.parts import Provenance
from functions.sales_part import SalesPart, distinct_months, utc_days
from functions.warehouse import Transaction, Warehouse


def prepare(warehouse: Warehouse, sales: pa.Table) -> None:
    """Make what these sales need: the partitions of their months, and versions of unknown products and customers.

    In transactions of its own: at the end of a whole load, others that sell the same new products would wait for it.
    """
    months = distinct_months(sales["sale_timestamp"])
    with warehouse.transaction() as transaction:
        missing = transaction.run("load/missing_months", months=months).scalars().all()
        if not missing:
            _infer(transaction, sales)
            return
    for first_day in missing:
        partitions.ensure(warehouse, first_day)
    with warehouse.transaction() as transaction:
        _infer(transaction, _without_archived(transaction, sales, missing))


def _infer(transaction: Transaction, sales: pa.Table) -> None:
    transaction.run("load/share_dimensions")
    transaction.run("load/sales/infer_products", ids=_distinct(sales["product_id"]))
    transaction.run("load/sales/infer_customers", ids=_distinct(sales["customer_id"]))


def _without_archived(transaction: Transaction, sales: pa.Table, months: Sequence[date]) -> pa.Table:
    """The sales but those of archived months, which are not going to be loaded."""
    away = transaction.run("load/archived_months", months=list(months)).scalars().all()
    month_of_sale = pc.floor_temporal(utc_days(sales["sale_timestamp"]), unit="month")
    return sales.filter(pc.invert(pc.is_in(month_of_sale, pa.array(away, pa.date32()))))


def _distinct(values: pa.ChunkedArray) -> str:
    return as_array(pc.unique(values).drop_null())


def merge(transaction: Transaction, provenance: Provenance, sales: pa.Table, weighs: bool = False) -> dict[str, int]:
    """Merge the sales and voids of one part; returns how many were loaded, unchanged, superseded and rejected.

    Where it `weighs` them in any case, the outcome of each is in incoming_sale.
    """
    if not sales.num_rows:
        return {"rows_loaded": 0, "rows_unchanged": 0, "rows_superseded": 0, "rows_rejected": 0}
    part = SalesPart.of(sales, provenance)
    transaction.run("load/share_dimensions")
    transaction.run("load/sales/share_months", days=part.days)
    is_away = transaction.run("load/archived_months", months=distinct_months(sales["sale_timestamp"])).rowcount > 0
    repeats = not part.replaces_orders and _repeats_lines(sales)
    is_plain = not (weighs or is_away or repeats or pc.any(sales["is_void"]).as_py())
    if is_plain and load_new_sales.loaded(transaction, part):
        return {"rows_loaded": sales.num_rows, "rows_unchanged": 0, "rows_superseded": 0, "rows_rejected": 0}
    return weigh_sales.merged(transaction, part, is_away, repeats)


def _repeats_lines(sales: pa.Table) -> bool:
    """Whether some line is stated more than once."""
    # Numbered as they first appear. Where orders stand one after the other and their lines ascend, as in most files, no
    # line is there twice, and that takes a third of the time to tell.
    order = sales["order_id"].combine_chunks().dictionary_encode().indices.cast(pa.int64()).to_numpy()
    if (np.diff(order * 2**33 + sales["line_no"].to_numpy()) > 0).all():
        return False
    lines = sales.group_by(["order_id", "line_no", "sale_timestamp"], use_threads=False).aggregate([])
    return bool(lines.num_rows < sales.num_rows)
