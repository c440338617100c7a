"""Seeded files of any size: sales in the order of their time, with the products and customers that they name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

CHUNK_ROWS = 1_000_000
FIRST_DAY = datetime(2025, 1, 1, tzinfo=UTC)
DAYS = 365
PRODUCTS, CUSTOMERS = 5_000, 50_000
LINES_IN_ORDER = 4
COUNTRIES = pa.array(["United Kingdom", "France", "Germany", "Netherlands", "Spain"])
PRICES = pa.array([f"{pence // 100}.{pence % 100:02}" for pence in range(20_100)])
RATES = pa.array(["", "0.05", "0.1", "0.15"])
SECOND_VERSION = datetime(2025, 7, 1, tzinfo=UTC)
HEADERS_OF_PRODUCT = "product_id,valid_from,product_name,category,declared_product_kg,declared_baseline_kg"
HEADERS_OF_CUSTOMER = "customer_id,valid_from,loyalty_tier,segment,country"


def sales(rows: int, first_day: datetime = FIRST_DAY, days: int = DAYS, prefix: str = "B") -> Iterator[pa.Table]:
    """Sales spread evenly over `days`, each order with as many lines; always the same for the same arguments."""
    for first in range(0, rows, CHUNK_ROWS):
        yield _chunk(np.arange(first, min(first + CHUNK_ROWS, rows)), rows, first_day, days, prefix)


def _chunk(numbers: np.ndarray, rows: int, first_day: datetime, days: int, prefix: str) -> pa.Table:
    draw = np.random.default_rng([rows, int(numbers[0])])
    orders = numbers // LINES_IN_ORDER
    products = np.minimum(draw.zipf(1.3, len(numbers)) - 1, PRODUCTS - 1)
    seconds = orders * (days * 86_400) // (rows // LINES_IN_ORDER + 1)
    prices = 50 + products * 7919 % 20_000 + draw.integers(0, 4, len(numbers)) * 5
    return pa.table(
        {
            "order_id": _named(prefix, orders),
            "line_no": pa.array(numbers % LINES_IN_ORDER + 1),
            "sale_timestamp": _instants(first_day, seconds),
            "product_id": _named("P", products),
            "customer_id": _named("C", orders * 48_271 % CUSTOMERS),
            "quantity": pa.array(draw.integers(1, 13, len(numbers))),
            "unit_price": PRICES.take(pa.array(prices)),
            "discount_rate": RATES.take(pa.array(draw.integers(0, 4, len(numbers)))),
            "currency": pa.repeat("GBP", len(numbers)),
            "country": COUNTRIES.take(pa.array(orders % len(COUNTRIES))),
        }
    )


def _named(letter: str, numbers: np.ndarray) -> pa.Array:
    return pc.binary_join_element_wise(letter, pa.array(numbers).cast(pa.string()), "")


def _instants(first_day: datetime, seconds: np.ndarray) -> pa.Array:
    epoch = int(first_day.timestamp())
    return pc.strftime(pa.array(epoch + seconds, pa.timestamp("s")), "%Y-%m-%dT%H:%M:%SZ")


def write_csv(path: Path, tables: Iterator[pa.Table]) -> None:
    """Write the tables one after the other into one CSV."""
    first = next(tables)
    with csv.CSVWriter(path, first.schema) as writer:
        writer.write_table(first)
        for table in tables:
            writer.write_table(table)


def write_ndjson(path: Path, tables: Iterator[pa.Table]) -> None:
    """Write the tables one after the other, a JSON object a line."""
    with path.open("w", encoding="utf-8") as file:
        for table in tables:
            table.to_pandas().to_json(file, orient="records", lines=True)


def products() -> str:
    """A file of products, each with two versions, so that a sale has to be looked up in its history."""
    rows = [
        f"P{number},{since:%Y-%m-%dT%H:%M:%SZ},Product {number},things,{number % 7 + version}.5,{number % 7 + 3}.25"
        for number in range(PRODUCTS)
        for version, since in enumerate((FIRST_DAY - timedelta(days=365), SECOND_VERSION))
    ]
    return "\n".join([HEADERS_OF_PRODUCT, *rows]) + "\n"


def customers() -> str:
    """A file of customers, every second of them with two versions."""
    rows = [
        f"C{number},{since:%Y-%m-%dT%H:%M:%SZ},{tier},home,France"
        for number in range(CUSTOMERS)
        for tier, since in (("bronze", FIRST_DAY - timedelta(days=365)), ("gold", SECOND_VERSION))[: 1 + number % 2]
    ]
    return "\n".join([HEADERS_OF_CUSTOMER, *rows]) + "\n"
