"""The sums of days and months that grow by what a part adds."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from functions.copying import as_arrays
from functions.warehouse import Transaction

AGGREGATES = [
    ([], "count_all"), ("quantity", "sum"), ("net_amount", "sum"), ("carbon_savings_kg", "sum"),
    ("carbon_savings_kg", "count"),
]  # fmt: skip
SUMS = ["sale_lines", "units", "net_amount", "carbon_savings_kg", "lines_with_footprint"]  # as they are called then
KEYS_OF_DAYS = {
    "days": ["sale_date", "currency", "country", "loyalty_tier"],
    "product_days": ["sale_date", "product_key", "currency"],
}
KEYS_OF_MONTHS = ["first_day", "product_key", "currency"]


def add_new(transaction: Transaction, days: list[date], sales: pa.Table) -> None:
    """Add sales of these days, of which this transaction holds the locks: those without any are copied as they are."""
    _lock_months(transaction, days, writes_anew=False)
    known = pa.array(transaction.run("load/rollup/known_days", days=days).scalars().all(), pa.date32())
    for name, keys in KEYS_OF_DAYS.items():
        sums = _sums(sales, keys)
        is_known = pc.is_in(sums["sale_date"], known)
        transaction.copy(f"load/rollup/copy_{name}", sums.filter(pc.invert(is_known)))
        if len(known):
            transaction.run(f"load/rollup/add_{name}", **as_arrays(sums.filter(is_known)))
    first_day = pc.floor_temporal(sales["sale_date"], unit="month")
    sums = _sums(sales.append_column("first_day", first_day), KEYS_OF_MONTHS)
    transaction.run("load/rollup/add_product_months", **as_arrays(sums))


def add_resolved(transaction: Transaction, days: list[date], writes_anew: bool) -> None:
    """Add the sales in the table resolved_sale.

    Where the caller then writes sums of these days anew, it `writes_anew`: their months are its own from here on.
    """
    _lock_months(transaction, days, writes_anew)
    for name in ("days", "product_days", "product_months"):
        sums = transaction.run(f"load/sales/sum_{name}").mappings().one()
        transaction.run(f"load/rollup/add_{name}", **sums)


def _lock_months(transaction: Transaction, days: list[date], writes_anew: bool) -> None:
    transaction.run("load/rollup/lock_months", days=days, writes_anew=writes_anew)
    transaction.run("load/rollup/clear_countries", days=days)


def _sums(sales: pa.Table, keys: list[str]) -> pa.Table:
    """What they add, in the columns of the table of sums with these keys, and in the order of its keys."""
    sums = sales.group_by(keys, use_threads=False).aggregate(AGGREGATES).rename_columns([*keys, *SUMS])
    return sums.sort_by([(key, "ascending") for key in keys])
