"""Transform: what follows from the rows themselves. Money for sales, carbon for products, changes for dimensions."""

from __future__ import annotations

import logging
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from functions import carbon, operation, parts
from functions.events import ObjectEvent
from functions.operation import OPERATION
from functions.parsing import DECIMAL, INSTANT
from functions.parts import Provenance
from functions.rules import json_text
from functions.runtime import Platform

logger = logging.getLogger(__name__)

RATE = pa.decimal128(7, 6)
AMOUNT = pa.decimal128(24, 6)

# In the types of the warehouse, so that load copies them as they are.
SALES = pa.schema(
    [
        ("order_id", pa.string()),
        ("line_no", pa.int32()),
        ("sale_timestamp", INSTANT),
        ("product_id", pa.string()),
        ("customer_id", pa.string()),
        ("quantity", pa.int32()),
        ("unit_price", DECIMAL),
        ("discount_rate", RATE),
        ("net_amount", AMOUNT),
        ("currency", pa.string()),
        ("country", pa.string()),
        ("is_void", pa.bool_()),
        ("source_row", pa.int64()),
        ("anomaly_score", pa.float64()),
        ("anomaly_reason", pa.string()),
    ]
)
# What a contract need not have; nothing is known of it then.
OPTIONAL = {
    "sales": {"customer_id": pa.string(), "country": pa.string(), "discount_rate": RATE},
    "products": {
        "valid_from": INSTANT, "category": pa.string(), "material": pa.string(), "material_origin": pa.string(),
        "unit_weight_kg": DECIMAL, "declared_product_kg": DECIMAL, "declared_baseline_kg": DECIMAL,
        "list_price": DECIMAL, "currency": pa.string(),
    },
    "customers": {
        "valid_from": INSTANT, "loyalty_tier": pa.string(), "segment": pa.string(), "country": pa.string(),
        "joined_on": pa.date32(),
    },
}  # fmt: skip
CHANGE_COLUMNS = ("natural_key", "valid_from", "attributes", "source_row")


def handle(part: ObjectEvent, on: Platform) -> None:
    """Transform one scored part into the curated bucket, in the columns that load expects of its entity."""
    table, provenance = parts.decode(on.store.read(part))
    table = transformed(table, provenance)
    provenance = provenance.stamped(transformed_at=parts.now())
    on.store.create(on.settings.bucket_curated, provenance.part_name, parts.encode(table, provenance))
    logger.info("transformed", extra={"stage": "transform", "run_id": provenance.run_id, "rows": table.num_rows})


def transformed(table: pa.Table, provenance: Provenance) -> pa.Table:
    """The rows of a part with all that follows from them."""
    uploaded_at = datetime.fromisoformat(provenance.uploaded_at)
    match provenance.entity:
        case "sales":
            return sales(table, provenance.replaces_orders)
        case "products":
            return changes(carbon.with_footprints(_completed(table, "products")), "product_id", uploaded_at)
        case _:
            return changes(_completed(table, "customers"), "customer_id", uploaded_at)


def _completed(table: pa.Table, entity: str) -> pa.Table:
    for name, kind in OPTIONAL[entity].items():
        if name not in table.column_names:
            table = table.append_column(name, pa.nulls(table.num_rows, kind))
    return table


def sales(table: pa.Table, replaces_orders: bool) -> pa.Table:
    """Sales as SALES has them, with net_amount = quantity x unit_price x (1 - discount_rate).

    Where the source numbers no lines, a line's number is its row in the file.
    """
    table = _completed(table, "sales")
    columns = {name: table[name] for name in table.column_names}
    columns["discount_rate"] = pc.fill_null(columns["discount_rate"].cast(RATE), pa.scalar(0, RATE))
    columns["is_void"] = operation.of(table)
    columns["net_amount"] = net_amount(columns["quantity"], columns["unit_price"], columns["discount_rate"])
    if replaces_orders:
        columns["line_no"] = table["source_row"]
    return pa.table({name: columns[name] for name in SALES.names}).cast(SALES)


def net_amount(quantity: pa.ChunkedArray, unit_price: pa.ChunkedArray, discount_rate: pa.ChunkedArray) -> pa.Array:
    """quantity x unit_price x (1 - discount_rate), exact, then rounded half away from zero to 6 decimals."""
    gross = pc.multiply(quantity.cast(pa.int32()).cast(pa.decimal128(10, 0)), unit_price.cast(pa.decimal128(18, 6)))
    share = pc.subtract(pa.scalar(1, pa.decimal128(1, 0)), discount_rate).cast(RATE)
    exact = pc.multiply(gross, share)
    return pc.round(exact, ndigits=6, round_mode="half_towards_infinity").cast(AMOUNT)


def changes(table: pa.Table, key: str, uploaded_at: datetime) -> pa.Table:
    """Rows of a dimension as changes: attributes (JSON) of a key from an instant on, by default from the upload on.

    A deletion has no attributes.
    """
    valid_from = pc.fill_null(table["valid_from"], pa.scalar(uploaded_at, table["valid_from"].type))
    described = [name for name in table.column_names if name not in (key, "valid_from", "source_row", OPERATION)]
    attributes = pa.array([json_text(row) for row in table.select(described).to_pylist()], pa.string())
    return pa.table(
        {
            "natural_key": table[key],
            "valid_from": valid_from,
            "attributes": pc.if_else(operation.of(table), pa.scalar(None, pa.string()), attributes),
            "source_row": table["source_row"],
        }
    ).select(CHANGE_COLUMNS)
