"""Sales that touch nothing old go straight into the facts, with what they add to the sums.

The other way, by a staged table that is weighed against what is there, is in weigh_sales; what comes out is the same.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from functions import carbon, sales_sums, versions
from functions.copying import as_array
from functions.parsing import INSTANT
from functions.sales_part import SalesPart, utc_days
from functions.warehouse import Transaction

VERSION_COLUMNS = {
    "product": {"product_key": pa.int64(), "baseline_kg": carbon.KILOGRAMS, "product_kg": carbon.KILOGRAMS},
    "customer": {"customer_key": pa.int64(), "loyalty_tier": pa.string()},
}
FACT_COLUMNS = (
    "order_id", "line_no", "sale_timestamp", "sale_date", "product_key", "customer_key", "quantity", "unit_price",
    "discount_rate", "net_amount", "currency", "country", "carbon_savings_kg", "run_id", "source_row",
)  # fmt: skip


def loaded(transaction: Transaction, part: SalesPart) -> bool:
    """Load sales of a part that states each line once; False, with nothing done, where it may meet something old."""
    # Before the days are locked: loads of the same days, such as the parts of one file, take turns only after this.
    resolved = _resolved(transaction, part)
    if resolved is None:
        return False
    transaction.run("load/sales/lock_days", days=part.days)
    replaces_orders = part.replaces_orders
    if transaction.value("load/sales/new/meets_old", days=part.days, replaces_orders=replaces_orders, **part.bounds):
        return False
    if not transaction.copy_new("load/sales/new/copy", _of_run(part, resolved).select(FACT_COLUMNS)):
        return False
    if replaces_orders:
        transaction.copy("load/sales/new/copy_whole_orders", _whole_orders(part))
    sales_sums.add_new(transaction, part.days, resolved)
    return True


def _of_run(part: SalesPart, rows: pa.Table) -> pa.Table:
    return rows.append_column("run_id", pa.repeat(pa.scalar(part.run_id.bytes, pa.binary(16)), rows.num_rows))


def _whole_orders(part: SalesPart) -> pa.Table:
    """Which orders the part states whole, as sql/load/sales/state_orders_whole.sql has them."""
    days = utc_days(part.sales["sale_timestamp"]).cast(INSTANT)
    orders = pa.table([part.sales["order_id"], days], ["order_id", "day"]).group_by(["order_id", "day"]).aggregate([])
    nothing = pa.repeat(0, orders.num_rows)
    lines = orders.add_column(1, "line_no", nothing.cast(pa.int32()))
    return _of_run(part, lines).append_column("source_row", nothing)


def _resolved(transaction: Transaction, part: SalesPart) -> pa.Table | None:
    """The sales with their versions and what follows from them, as sql/load/sales/resolve.sql has it.

    None where a product has no version at the time of a sale.
    """
    sales = part.sales.combine_chunks()
    product = _versions(transaction, "product", sales, part.bounds)
    if product["product_key"].null_count:
        return None
    customer = _versions(transaction, "customer", sales, part.bounds)
    saved = carbon.savings_kg(sales["quantity"], product["baseline_kg"], product["product_kg"])
    return (
        sales.append_column("sale_date", utc_days(sales["sale_timestamp"]))
        .append_column("product_key", product["product_key"])
        .append_column("customer_key", customer["customer_key"])
        .append_column("loyalty_tier", customer["loyalty_tier"])
        .append_column("carbon_savings_kg", saved)
    )


def _versions(transaction: Transaction, kind: str, sales: pa.Table, bounds: dict[str, datetime]) -> pa.Table:
    """For each sale, the columns of its version; null where there is none."""
    named = pc.dictionary_encode(sales[f"{kind}_id"].combine_chunks(), null_encoding="encode")
    query = f"load/sales/new/{kind}_versions"
    told = transaction.run(query, ids=as_array(named.dictionary), **bounds).mappings().one()
    found = {name: values or [] for name, values in told.items()}  # of no versions, there is no array
    at = versions.at_their_times(
        named.indices.cast(pa.int64()).to_numpy(),
        sales["sale_timestamp"].cast(pa.int64()).to_numpy(),
        found,
    )
    columns = {name: _typed(found[name], type_).take(at) for name, type_ in VERSION_COLUMNS[kind].items()}
    return pa.table(columns)


def _typed(values: list[Any], type_: pa.DataType) -> pa.Array:
    """The values of a JSON array; decimals come as text."""
    return pa.array(values, pa.string()).cast(type_) if pa.types.is_decimal(type_) else pa.array(values, type_)
