"""Trains the anomaly model on the sales in the warehouse: loaded and released ones teach, held ones do not.

PostgreSQL counts the lines of each distinct (product, price, quantity) and hands them over product after product, so
that memory does not grow with the sales.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv

from functions import model, model_store
from functions.learn import ProductLines, learn
from functions.runtime import Platform

BLOCK_BYTES = 4 * 1024 * 1024
PARSING = csv.ParseOptions(newlines_in_values=True)
READING = csv.ReadOptions(column_names=["product_id", "price", "quantity", "lines"], block_size=BLOCK_BYTES)
CONVERSION = csv.ConvertOptions(
    column_types={"product_id": pa.string(), "price": pa.float64(), "quantity": pa.float64(), "lines": pa.int64()},
    strings_can_be_null=False,
)


def train(on: Platform, now: datetime) -> tuple[str, str]:
    """Train a model and keep it; returns what came of it, and a sentence."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sales.csv"
        with on.warehouse.transaction() as transaction, file.open("wb") as sink:
            category_of = {row.product_id: row.category for row in transaction.run("train/categories")}
            released = [
                (row.product_id, float(row.unit_price), float(row.quantity))
                for row in transaction.run("train/released")
            ]
            transaction.copy_out("train/sales", sink)
        content = learn(_products(file), category_of, released)
    if content is None:
        return "skipped", "too few sales to learn from: each part stays its own baseline"
    version, data = model.make(content)
    if not model_store.save(on, version, data, now):
        return "unchanged", f"{version} is the newest already"
    return "trained", f"{version}, on {content['everything']['lines']:,} lines of {len(content['products']):,} products"


def _products(file: Path) -> Iterator[ProductLines]:
    """The lines of one product after the other, as they stand in the file."""
    if not file.stat().st_size:
        return
    rest: pa.Table | None = None
    with csv.open_csv(file, READING, PARSING, CONVERSION) as batches:
        for batch in batches:
            table = pa.Table.from_batches([batch])
            table = table if rest is None else pa.concat_tables([rest, table]).combine_chunks()
            starts = _starts(table)
            for begin, end in pairwise(starts):
                yield _lines(table.slice(begin, end - begin))
            rest = table.slice(starts[-1])
    if rest is not None and rest.num_rows:
        yield _lines(rest)


def _starts(table: pa.Table) -> list[int]:
    """The rows at which a product begins."""
    names = table["product_id"].to_numpy()
    return [0, *(np.flatnonzero(names[1:] != names[:-1]) + 1).tolist()]


def _lines(table: pa.Table) -> ProductLines:
    prices, quantities, lines = (table[name].to_numpy() for name in ("price", "quantity", "lines"))
    return ProductLines(table["product_id"][0].as_py(), prices, quantities, lines)
