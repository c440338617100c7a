"""Merge sales into the facts: the newest delivery of a group wins, whichever is loaded first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from functions import load_new_sales, partitions, weigh_sales
from functions.copying import as_array
from functions.parts import Provenance
from functions.sales_part import SalesPart, distinct_months, utc_days
from functions.warehouse import Transaction, Warehouse


class NotPreparedError(RuntimeError):
    """The warehouse may lack what these sales need, and nothing was loaded; `prepare` makes it."""


def prepare(warehouse: Warehouse, sales: pa.Table) -> None:
    """Make what these sales need: the partitions of their months, and versions of unknown products and customers.

    In transactions of its own: at the end of a whole load, others that sell the same new products would wait for it.
    """
    with warehouse.transaction() as transaction:
        missing, _ = _months(transaction, sales)
    for first_day in missing:
        partitions.ensure(warehouse, first_day)
    with warehouse.transaction() as transaction:
        transaction.run("load/share_dimensions")
        _, archived = _months(transaction, sales)
        # Sales of archived months are not going to be loaded.
        month_of_sale = pc.floor_temporal(utc_days(sales["sale_timestamp"]), unit="month")
        loading = sales.filter(pc.invert(pc.is_in(month_of_sale, pa.array(archived, pa.date32()))))
        transaction.run("load/sales/infer_products", ids=_distinct(loading["product_id"]))
        transaction.run("load/sales/infer_customers", ids=_distinct(loading["customer_id"]))


def _months(transaction: Transaction, sales: pa.Table) -> tuple[list[Any], list[Any]]:
    """Of the months of these sales, by their first days, those without a partition, and those that are archived."""
    closed = transaction.run("load/closed_months", months=distinct_months(sales["sale_timestamp"])).all()
    missing = [month.first_day for month in closed if not month.is_archived]
    return missing, [month.first_day for month in closed if month.is_archived]


def _distinct(values: pa.ChunkedArray) -> str:
    return as_array(pc.unique(values).drop_null())


def merge(
    transaction: Transaction, provenance: Provenance, sales: pa.Table, is_prepared: bool, weighs: bool = False
) -> dict[str, int]:
    """Merge the sales and voids of one part; returns how many were loaded, unchanged, superseded and rejected.

    Where it `weighs` them in any case, the outcome of each is in incoming_sale. Unless everything `is_prepared`, it
    raises NotPreparedError where something is missing or would have to be looked for: most parts need nothing new.
    """
    if not sales.num_rows:
        return {"rows_loaded": 0, "rows_unchanged": 0, "rows_superseded": 0, "rows_rejected": 0}
    part = SalesPart.of(sales, provenance)
    transaction.run("load/share_dimensions")
    transaction.run("load/sales/share_months", days=part.days)
    missing, archived = _months(transaction, sales)
    repeats = not part.replaces_orders and _repeats_lines(sales)
    is_plain = not (weighs or missing or archived or repeats or pc.any(sales["is_void"]).as_py())
    resolved = load_new_sales.resolved(transaction, part) if is_plain else None
    if resolved is None and not is_prepared:
        raise NotPreparedError
    if resolved is not None and load_new_sales.loaded(transaction, part, resolved):
        return {"rows_loaded": sales.num_rows, "rows_unchanged": 0, "rows_superseded": 0, "rows_rejected": 0}
    return weigh_sales.merged(transaction, part, bool(archived), repeats)


def _repeats_lines(sales: pa.Table) -> bool:
    """Whether some line is stated more than once."""
    # Numbered as they first appear. Where orders stand one after the other and their lines ascend, as in most files, no
    # line is there twice, and that takes a third of the time to tell.
    order = sales["order_id"].combine_chunks().dictionary_encode().indices.cast(pa.int64()).to_numpy()
    if (np.diff(order * 2**33 + sales["line_no"].to_numpy()) > 0).all():
        return False
    lines = sales.group_by(["order_id", "line_no", "sale_timestamp"], use_threads=False).aggregate([])
    return bool(lines.num_rows < sales.num_rows)
