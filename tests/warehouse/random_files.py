"""Random files of a shop: late, corrected, voided, deleted, broken; few keys and instants, so that they meet."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.warehouse.oracle import Row

LONDON = ZoneInfo("Europe/London")
AT_THE_LAST_SNAPSHOT = "at the last snapshot"

# The second and third are of one day. The fourth is the next day in London, where the shop without line numbers is.
# The last is after every upload, as what a snapshot retires matters only to sales after it.
INSTANTS = (
    datetime(2025, 1, 5, tzinfo=UTC),
    datetime(2025, 1, 20, tzinfo=UTC),
    datetime(2025, 1, 20, 10, 30, tzinfo=UTC),
    datetime(2025, 3, 31, 23, 30, tzinfo=UTC),
    datetime(2090, 1, 6, 12, tzinfo=UTC),
)
RETAIL_NAMES = {
    "order_id": "InvoiceNo", "product_id": "StockCode", "quantity": "Quantity", "sale_timestamp": "InvoiceDate",
    "unit_price": "UnitPrice", "customer_id": "CustomerID", "country": "Country",
}  # fmt: skip
COLUMNS = {
    "sales": ("order_id", "line_no", "sale_timestamp", "product_id", "customer_id", "quantity", "unit_price",
              "currency", "operation"),
    "sales/online-retail": tuple(RETAIL_NAMES),
    "products": ("product_id", "valid_from", "product_name", "declared_product_kg", "declared_baseline_kg",
                 "operation"),
    "customers": ("customer_id", "valid_from", "loyalty_tier", "joined_on", "operation"),
    "products/snapshot": ("product_id", "valid_from", "product_name", "declared_product_kg", "declared_baseline_kg"),
    "customers/snapshot": ("customer_id", "valid_from", "loyalty_tier", "joined_on"),
}  # fmt: skip
# What breaks the contract of each folder.
BROKEN = {"sales": {"order_id": ""}, "products": {"product_id": ""}, "customers": {"customer_id": ""}}


@dataclass(frozen=True)
class File:
    """A file that is not uploaded yet: its folder and its rows."""

    folder: str
    rows: tuple[Row, ...]

    def text(self) -> str:
        """The file as CSV, in the layout of its folder."""
        buffer = io.StringIO()
        names = RETAIL_NAMES if self.folder == "sales/online-retail" else {}
        writer = csv.DictWriter(buffer, [names.get(column, column) for column in COLUMNS[self.folder]])
        writer.writeheader()
        for row in self.rows:
            shown = {**row, **(BROKEN[self.folder.split("/")[0]] if row.get("is_broken") else {})}
            writer.writerow({names.get(name, name): _text(shown[name], bool(names)) for name in COLUMNS[self.folder]})
        return buffer.getvalue()


def _text(value: Any, in_london: bool) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(LONDON):%Y-%m-%d %H:%M:%S}" if in_london else value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else str(value)


def _rows(columns: Mapping[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Row]:
    rare = st.sampled_from([False] * 11 + [True])
    return st.fixed_dictionaries({**columns, "is_broken": rare})


def _files(folder: str, rows: st.SearchStrategy[Row], least: int = 1) -> st.SearchStrategy[File]:
    return st.builds(File, st.just(folder), st.lists(rows, min_size=least, max_size=4).map(tuple))


PRODUCT_IDS = st.sampled_from(["P1", "P2", "P3"])
CUSTOMER_IDS = st.sampled_from(["C1", "C2"])
SALE = {
    "order_id": st.sampled_from(["A1", "A2"]),
    "sale_timestamp": st.sampled_from(INSTANTS),
    "product_id": PRODUCT_IDS,
    "customer_id": st.none() | CUSTOMER_IDS,
    "quantity": st.integers(-1, 3).filter(bool),
    "unit_price": st.sampled_from([Decimal("2.5"), Decimal("10")]),
}
LINE_NO = {"line_no": st.integers(1, 3)}
STATED_SALE = SALE | LINE_NO | {"currency": st.just("GBP"), "operation": st.sampled_from(["", "upsert"])}
VOID = {name: st.none() for name in (*SALE, "currency")} | {
    "order_id": SALE["order_id"], "sale_timestamp": SALE["sale_timestamp"], "product_id": st.none() | PRODUCT_IDS,
    **LINE_NO, "operation": st.just("void"),
}  # fmt: skip
KILOGRAMS = st.sampled_from([None, Decimal("1"), Decimal("0.000001"), Decimal("3.25")])
PRODUCT = {
    "product_id": PRODUCT_IDS,
    "valid_from": st.sampled_from([None, *INSTANTS, AT_THE_LAST_SNAPSHOT]),
    "product_name": st.sampled_from(["Lantern", "Lamp"]),
    "declared_product_kg": KILOGRAMS,
    "declared_baseline_kg": KILOGRAMS,
}
CUSTOMER = {
    "customer_id": CUSTOMER_IDS,
    "valid_from": st.sampled_from([None, *INSTANTS, AT_THE_LAST_SNAPSHOT]),
    "loyalty_tier": st.sampled_from([None, "gold", "silver"]),
    "joined_on": st.none(),
}
UPSERT = {"operation": st.sampled_from(["", "upsert"])}


def _deletion(row: Mapping[str, st.SearchStrategy[Any]], key: str) -> st.SearchStrategy[Row]:
    kept = {name: row[name] for name in (key, "valid_from")}
    return _rows({**dict.fromkeys(row, st.none()), **kept, "operation": st.just("delete")})


FILES = st.one_of(
    _files("sales", _rows(STATED_SALE) | _rows(STATED_SALE) | _rows(VOID)),
    _files("sales/online-retail", _rows(SALE | {"country": st.just("France")})),
    _files("products", _rows(PRODUCT | UPSERT) | _rows(PRODUCT | UPSERT) | _deletion(PRODUCT, "product_id")),
    _files("customers", _rows(CUSTOMER | UPSERT) | _rows(CUSTOMER | UPSERT) | _deletion(CUSTOMER, "customer_id")),
    _files("products/snapshot", _rows(PRODUCT), least=0),
    _files("customers/snapshot", _rows(CUSTOMER), least=0),
)
