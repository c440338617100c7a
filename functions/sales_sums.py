"""The sums of days and months that grow by what a part adds."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from functions.warehouse import Transaction

AGGREGATES = [
    ([], "count_all"), ("quantity", "sum"), ("net_amount", "sum"), ("carbon_savings_kg", "sum"),
    ("carbon_savings_kg", "count"),
]  # fmt: skip
KEYS = {
    "products": ["sale_date", "product_key", "currency"],
    "days": ["sale_date", "currency", "country", "loyalty_tier"],
}


def stage(transaction: Transaction, resolved: pa.Table) -> None:
    """Stage what these sales add."""
    for name, keys in KEYS.items():
        transaction.run(f"load/rollup/stage_{name}")
        sums = resolved.group_by(keys, use_threads=False).aggregate(AGGREGATES)
        transaction.copy(f"load/rollup/copy_{name}", sums.sort_by([(key, "ascending") for key in keys]))


def stage_resolved(transaction: Transaction) -> None:
    """Stage what the sales in the table resolved_sale add."""
    for name in KEYS:
        transaction.run(f"load/sales/sum_{name}")


def add(transaction: Transaction, days: list[date], writes_anew: bool) -> None:
    """Add what is staged; where the caller then writes sums of these days anew, under the lock that this takes."""
    transaction.run("load/rollup/lock_months", days=days, writes_anew=writes_anew)
    transaction.run("load/rollup/clear_countries", days=days)
    transaction.run("load/rollup/add")
