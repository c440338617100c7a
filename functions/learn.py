"""What an anomaly model learns from sales: pure, product after product, in memory that does not grow with their number.

Categories and all sales are learnt as counts in steps of one per cent, and the forest from a sample, the same for the
same sales.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from functions import forest, model
from functions.model import Group, Product
from functions.robust import Floats, Integers, at_least, spread, weighted_quantile

# A product, a category or all: with fewer lines, nothing is usual.
SMALLEST_SAMPLE = 8
# With fewer lines in all, there is no model.
SMALLEST_HISTORY = 500
# Of a product, the prices and quantities that sold most often; of a catalogue, the products that did.
VALUES_KEPT = 500
PRODUCTS_KEPT = 50_000
# A large quantity of a category: one line in 200 has a larger one. Of a product: the largest but one line.
LARGE_SHARE = 0.995
FOREST_SAMPLE = 20_000
FOREST_TREES = 100
# The forest isolates what is stranger than 99 in 100 of the rows that it has seen.
FOREST_SHARE = 0.99
STEPS = 100  # of a natural logarithm


@dataclass(frozen=True)
class ProductLines:
    """The lines of a product, as distinct (price, quantity) and how many lines have them; none is zero or negative."""

    product_id: str
    prices: Floats
    quantities: Floats
    lines: Integers


# Of a held sale that a person released: its product, price and quantity.
ReleasedValue = tuple[str, float, float]


@dataclass
class _Counts:
    """How often each log price, log quantity and log worth occurred, in steps."""

    price: Counter[int] = field(default_factory=Counter)
    quantity: Counter[int] = field(default_factory=Counter)
    worth: Counter[int] = field(default_factory=Counter)

    def add(self, sold: ProductLines) -> None:
        logs = {"price": np.log(sold.prices), "quantity": np.log(sold.quantities)}
        logs["worth"] = logs["price"] + logs["quantity"]
        for name, values in logs.items():
            counted: Counter[int] = getattr(self, name)
            for step, lines in zip(np.rint(values * STEPS).astype(int).tolist(), sold.lines.tolist(), strict=True):
                counted[step] += lines

    def group(self) -> Group:
        values, lines = _unpacked(self.quantity)
        large = float(np.exp(weighted_quantile(values, lines, LARGE_SHARE)))
        return Group(int(lines.sum()), spread(*_unpacked(self.price)), spread(values, lines), large)


class _Sample:
    """The rows with the smallest hashes, which is a sample that does not depend on how many there are."""

    def __init__(self) -> None:
        self.hashes = np.zeros(0, dtype=np.int64)
        self.rows = np.zeros((0, 3))

    def add(self, sold: ProductLines, rows: Floats) -> None:
        names = zip(sold.prices.tolist(), sold.quantities.tolist(), strict=True)
        hashes = [zlib.crc32(f"{sold.product_id}|{price}|{quantity}".encode()) for price, quantity in names]
        self.hashes = np.concatenate([self.hashes, np.array(hashes, dtype=np.int64)])
        self.rows = np.concatenate([self.rows, rows])
        if len(self.hashes) > 2 * FOREST_SAMPLE:
            self.prune()

    def prune(self) -> None:
        kept = np.argsort(self.hashes, kind="stable")[:FOREST_SAMPLE]
        self.hashes, self.rows = self.hashes[kept], self.rows[kept]


def learn(
    sales: Iterable[ProductLines], category_of: dict[str, str], released: Iterable[ReleasedValue] = ()
) -> dict[str, Any] | None:
    """The content of a model, from sales, categories and what people released; None where there are too few lines."""
    all_counts, categories, sample = _Counts(), dict[str, _Counts](), _Sample()
    products: dict[str, Product] = {}
    for sold in sales:
        all_counts.add(sold)
        if category := category_of.get(sold.product_id):
            categories.setdefault(category, _Counts()).add(sold)
        if sold.lines.sum() < SMALLEST_SAMPLE:
            continue
        usual = _product(sold)
        products[sold.product_id] = usual
        sample.add(sold, _features(sold, usual))
        if len(products) > 2 * PRODUCTS_KEPT:
            products = _most_sold(products)
    if not len(sample.hashes) or sum(all_counts.price.values()) < SMALLEST_HISTORY:
        return None
    content = _content(_most_sold(products), all_counts, categories, category_of, sample)
    return {**content, "released": _released(released)}


def _content(
    products: dict[str, Product],
    all_counts: _Counts,
    categories: dict[str, _Counts],
    category_of: dict[str, str],
    sample: _Sample,
) -> dict[str, Any]:
    sample.prune()
    worth = at_least(spread(*_unpacked(all_counts.worth)), "worth")
    rows = np.column_stack([sample.rows[:, :2], (sample.rows[:, 2] - worth.median) / worth.sigma])
    groups = {name: counts.group() for name, counts in categories.items()}
    return {
        "products": {name: model.plain_group(usual) for name, usual in products.items()},
        "categories": {
            name: model.plain_group(group) for name, group in groups.items() if group.lines >= SMALLEST_SAMPLE
        },
        "category_of": {name: category for name, category in category_of.items() if category in categories},
        "everything": model.plain_group(all_counts.group()),
        "worth": {"median": worth.median, "sigma": worth.sigma},
        "forest": forest.grow(np.unique(rows, axis=0), FOREST_TREES, FOREST_SHARE).plain(),
    }


def _product(sold: ProductLines) -> Product:
    prices, lines_at = _totals(sold.prices, sold.lines)
    quantities, lines_of = _totals(sold.quantities, sold.lines)
    above = np.cumsum(lines_of[::-1])
    largest_but_one = quantities[::-1][int(np.searchsorted(above, 2))]
    return Product(
        lines=int(sold.lines.sum()),
        price=spread(np.log(prices), lines_at),
        quantity=spread(np.log(quantities), lines_of),
        large_quantity=float(largest_but_one),
        **_kept(prices, lines_at, quantities, lines_of),
    )


def _kept(prices: Floats, lines_at: Integers, quantities: Floats, lines_of: Integers) -> dict[str, Any]:
    most = np.sort(np.argsort(-lines_at, kind="stable")[:VALUES_KEPT])
    often = np.sort(np.argsort(-lines_of, kind="stable")[:VALUES_KEPT])
    return {"prices": prices[most], "lines_at": lines_at[most], "quantities": quantities[often]}


def _features(sold: ProductLines, usual: Product) -> Floats:
    """z of log price, z of log quantity, log worth."""
    price, quantity = at_least(usual.price, "price"), at_least(usual.quantity, "quantity")
    log_price, log_quantity = np.log(sold.prices), np.log(sold.quantities)
    z = (log_price - price.median) / price.sigma, (log_quantity - quantity.median) / quantity.sigma
    return np.column_stack([*z, log_price + log_quantity])


def _released(values: Iterable[ReleasedValue]) -> dict[str, Any]:
    """The prices and the largest quantity that people let through of each product."""
    prices, largest = dict[str, set[float]](), dict[str, float]()
    for product_id, price, quantity in values:
        prices.setdefault(product_id, set()).add(price)
        largest[product_id] = max(largest.get(product_id, 0.0), quantity)
    return {
        name: {"prices": sorted(found)[:VALUES_KEPT], "largest_quantity": largest[name]}
        for name, found in prices.items()
    }


def _totals(values: Floats, lines: Integers) -> tuple[Floats, Integers]:
    """The distinct values, ascending, and how many lines have each."""
    distinct, places = np.unique(values, return_inverse=True)
    return distinct, np.bincount(places, weights=lines).astype(np.int64)


def _unpacked(counted: Counter[int]) -> tuple[Floats, Integers]:
    steps = sorted(counted)
    return np.array(steps, dtype=np.float64) / STEPS, np.array([counted[step] for step in steps], dtype=np.int64)


def _most_sold(products: dict[str, Product]) -> dict[str, Product]:
    order = sorted(products, key=lambda name: (-products[name].lines, name))
    return {name: products[name] for name in order[:PRODUCTS_KEPT]}
