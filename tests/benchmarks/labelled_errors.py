"""Online Retail lines as a baseline and as rows to score, with errors of known kinds put into some of these."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from functions.learn import ProductLines

NAMES = {"InvoiceNo": "order_id", "StockCode": "product_id", "UnitPrice": "unit_price", "Quantity": "quantity"}
FACTORS = {
    "price x10": ("unit_price", 10.0),
    "price x100": ("unit_price", 100.0),
    "price /100": ("unit_price", 0.01),
    "price x15.6": ("unit_price", 15.6),
    "quantity x100": ("quantity", 100.0),
}
SWAPPED = "swapped"
KINDS = (*FACTORS, SWAPPED)


@dataclass(frozen=True)
class Trial:
    """A baseline, and rows to score; column `kind` of these names the error that was put in, or is empty."""

    baseline: pd.DataFrame
    rows: pd.DataFrame


def read(folder: Path) -> list[pd.DataFrame]:
    """The positive lines of each day, in the order of the days."""
    return [
        positive(pd.read_csv(path, encoding="utf-8-sig", dtype={"InvoiceNo": str, "StockCode": str}))
        for path in sorted(folder.glob("*.csv"))
    ]


def positive(lines: pd.DataFrame) -> pd.DataFrame:
    """The sales among the lines of a file, named as the platform names them."""
    lines = lines.rename(columns=NAMES)[list(NAMES.values())]
    return lines[(lines["quantity"] > 0) & (lines["unit_price"] > 0)].astype({"quantity": float})


def trial(days: list[pd.DataFrame], start: int, baseline: int, scored: int, share: float, seed: int) -> Trial:
    """`baseline` days from day `start` on, then `scored` days with errors in `share` of their lines."""
    known = days[start : start + baseline]
    after = [day.assign(day=number) for number, day in enumerate(days[start + baseline : start + baseline + scored])]
    return Trial(pd.concat(known, ignore_index=True), with_errors(pd.concat(after, ignore_index=True), share, seed))


def with_errors(rows: pd.DataFrame, share: float, seed: int) -> pd.DataFrame:
    """The rows with an error in a share of them, each kind as often as any other.

    Where price and quantity are swapped the quantity is rounded, since a file with another would be rejected.
    """
    each = round(len(rows) * share / len(KINDS))
    spoilt = np.random.default_rng(seed).choice(len(rows), each * len(KINDS), replace=False)
    rows = rows.assign(kind="")
    rows.loc[spoilt, "kind"] = np.repeat(KINDS, each)
    for kind, (column, factor) in FACTORS.items():
        rows.loc[rows["kind"] == kind, column] *= factor
    swapped = rows["kind"] == SWAPPED
    price, quantity = rows.loc[swapped, "unit_price"].copy(), rows.loc[swapped, "quantity"].copy()
    rows.loc[swapped, "unit_price"] = quantity
    rows.loc[swapped, "quantity"] = price.round().clip(lower=1)
    return rows


def product_lines(rows: pd.DataFrame) -> Iterator[ProductLines]:
    """The rows as the warehouse counts them, product after product."""
    counted = rows.groupby(["product_id", "unit_price", "quantity"]).size().rename("lines").reset_index()
    for product_id, mine in counted.groupby("product_id"):
        columns = (mine[name].to_numpy() for name in ("unit_price", "quantity", "lines"))
        yield ProductLines(str(product_id), *columns)
