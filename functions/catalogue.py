"""What a model knows of its products as arrays, one place a product, so that many rows are judged at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from functions.robust import Floats, Integers, at_least

if TYPE_CHECKING:
    from functions.model import Product, Released

# A price is established if two lines sold at it, or one in 1,000 if that is more; a product has established prices if
# half of its lines sold at such.
ESTABLISHED_LINES = 2
ESTABLISHED_SHARE = 0.001
ESTABLISHED_PRICES_SHARE = 0.5
# No two logarithms of prices or quantities are further apart.
SPAN = 128.0


class Ladders:
    """Ascending positive numbers of each product, end to end in one array."""

    def __init__(self, each: list[Floats]) -> None:
        """`each` holds those of the first product, of the second, and so on."""
        sizes = np.array([len(values) for values in each], dtype=np.int64)
        self._values = np.concatenate([np.empty(0), *each])
        self._ends = np.cumsum(sizes)
        self._starts = self._ends - sizes
        self._keys = np.repeat(np.arange(len(each)), sizes) * SPAN + np.log(self._values)

    def nearest(self, products: Integers, values: Floats) -> Floats:
        """Of the numbers of each row's product, of which there has to be one, the nearest to its value, by ratio."""
        place = np.searchsorted(self._keys, products * SPAN + np.log(values))
        below = self._values[np.maximum(place - 1, self._starts[products])]
        above = self._values[np.minimum(place, self._ends[products] - 1)]
        return np.where(values * values < below * above, below, above)


@dataclass(frozen=True)
class Catalogue:
    """The products of a model by their places; sigmas are never below the smallest scale."""

    places: dict[str, int]
    price_median: Floats
    price_sigma: Floats
    quantity_median: Floats
    quantity_sigma: Floats
    large_quantity: Floats
    prices: Ladders
    established: Ladders
    has_established: np.ndarray[tuple[int], np.dtype[np.bool_]]
    quantities: Ladders

    @classmethod
    def of(cls, products: Mapping[str, Product]) -> Catalogue:
        """That of these products."""
        each = list(products.values())
        established = [_established(product) for product in each]
        return cls(
            places=_places(products),
            price_median=np.array([product.price.median for product in each]),
            price_sigma=np.array([at_least(product.price, "price").sigma for product in each]),
            quantity_median=np.array([product.quantity.median for product in each]),
            quantity_sigma=np.array([at_least(product.quantity, "quantity").sigma for product in each]),
            large_quantity=np.array([product.large_quantity for product in each]),
            prices=Ladders([product.prices for product in each]),
            established=Ladders(established),
            has_established=np.array([len(prices) > 0 for prices in established], dtype=bool),
            quantities=Ladders([product.quantities for product in each]),
        )


@dataclass(frozen=True)
class Accepted:
    """What people released, by the places of the products."""

    places: dict[str, int]
    prices: Ladders
    largest_quantity: Floats

    @classmethod
    def of(cls, released: Mapping[str, Released]) -> Accepted:
        """That of these products."""
        each = list(released.values())
        largest = np.array([product.largest_quantity for product in each])
        return cls(_places(released), Ladders([product.prices for product in each]), largest)


def rows_and_places(
    products: Integers, names: NDArray[np.object_], places: dict[str, int]
) -> tuple[Integers, Integers]:
    """The rows whose product has a place, and which; `products` says which of the `names` each row has."""
    found = np.array([places.get(name, -1) for name in names], dtype=np.int64)[products]
    rows = np.flatnonzero(found >= 0)
    return rows, found[rows]


def _places(products: Mapping[str, object]) -> dict[str, int]:
    return {name: place for place, name in enumerate(products)}


def _established(product: Product) -> Floats:
    """The established prices of a product; none where its price is free."""
    often = product.lines_at >= max(ESTABLISHED_LINES, product.lines * ESTABLISHED_SHARE)
    is_enough = product.lines_at[often].sum() >= ESTABLISHED_PRICES_SHARE * product.lines
    return product.prices[often] if is_enough else product.prices[:0]
