"""Which sales are anomalous, how much, and why: each is judged by what was usual before it, which a model holds.

Unit price and quantity (without its sign) are judged on a logarithmic scale, where ten times more and ten times less
are equally far. z is a distance in sigmas (MAD, never below robust.SMALLEST_SCALE):

- price: from the nearest price that the product sells at, where it has established prices: at least half of its lines
  are at prices which two lines or more (one in 1,000, if that is more) have. Else its price is free, as that of
  postage or of a manual entry, and z is from its median.
- quantity: above the product's largest quantity but one, in sigmas of QUANTITY_SIGMA.
- What a person released is usual, once the model has learnt it: z is from a released price where that is nearer, and
  above the largest released quantity where that is larger.

A product with fewer than SMALLEST_SAMPLE lines is judged by the other rows of the part, if it has that many there;
else by its category; else by all sales. A row is held if one of these is so:

- its price is FAR above, or FAR below: clearance takes prices down to a tenth more often than anything takes them up;
- its price is DOUBTFUL and ten or a hundred times a price of the product, or a part of one: a decimal point slipped;
- its price and its quantity are each the other's: they were swapped;
- its quantity is FAR and the forest, which sees price, quantity and worth together, isolates the row;
- its quantity is SURE, a hundred times what is large, whatever the forest says: it knows no further than it has seen;
- its quantity is DOUBTFUL and a hundred times one that the product sells in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from functions import reasons
from functions.anomaly_batch import against_others
from functions.catalogue import Accepted, Catalogue, rows_and_places
from functions.model import Model
from functions.robust import SMALLEST_SCALE, Floats, at_least

FAR = {"high price": 7.0, "low price": 9.2, "quantity": 7.0}
SURE = {"quantity": 11.5}
DOUBTFUL = {"price": 4.0, "quantity": 2.0}
QUANTITY_SIGMA = 0.4
# Prices that differ by less are the same price.
SAME_PRICE = 0.005
SLIPS = (10.0, 100.0, 0.1, 0.01)

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Findings:
    """Of each row: z and what is usual, for price and quantity; whose that is; and which mistake would explain it.

    `slipped_from` is the price that a slip of the decimal point made it from, `swapped_price` what the quantity is the
    price of, `hundredth` whether the quantity is a hundred times one that sells; NaN and false where it is not so.
    """

    price_z: Floats
    usual_price: Floats
    quantity_z: Floats
    large_quantity: Floats
    features: Floats
    whose: NDArray[np.object_]
    slipped_from: Floats
    swapped_price: Floats
    hundredth: NDArray[np.bool_]

    @classmethod
    def none(cls, rows: int) -> Findings:
        """Nothing is found yet."""
        return cls(
            price_z=np.full(rows, np.nan),
            usual_price=np.full(rows, np.nan),
            quantity_z=np.full(rows, np.nan),
            large_quantity=np.full(rows, np.nan),
            features=np.zeros((rows, 3)),
            whose=np.full(rows, "all", dtype=object),
            slipped_from=np.full(rows, np.nan),
            swapped_price=np.full(rows, np.nan),
            hundredth=np.zeros(rows, dtype=bool),
        )


def score(sales: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Judge sales by product_id, unit_price and quantity.

    Returns, with the same index: anomaly_score, the larger z (NaN where there is nothing to judge), and
    anomaly_reason, a sentence for each row to be held and None for the others.
    """
    price, quantity = _positive(sales["unit_price"]), _positive(sales["quantity"].abs())
    products, distinct = pd.factorize(sales["product_id"], use_na_sentinel=False)
    names = np.asarray(distinct, dtype=object)
    found = Findings.none(len(sales))
    found.whose[:] = names[products]
    rows, places = rows_and_places(products, names, model.catalogue.places)
    _judge_by_product(found, rows, places, price[rows], quantity[rows], model.catalogue)
    unknown = np.flatnonzero(~np.isin(products, products[rows]))
    _judge_by_groups(found, unknown, price[unknown], quantity[unknown], names[products[unknown]], model)
    _judge_by_part(found, unknown, sales.iloc[unknown], products[unknown], names[products[unknown]])
    rows, places = rows_and_places(products, names, model.accepted.places)
    _judge_by_released(found, rows, places, price[rows], quantity[rows], model.accepted)
    found.features[:, 2] = (np.log(price) + np.log(quantity) - model.worth.median) / model.worth.sigma
    return pd.DataFrame(
        {
            "anomaly_score": np.fmax(np.abs(found.price_z), found.quantity_z),
            "anomaly_reason": pd.Series(_reasons(found, price, quantity, model), sales.index, dtype=object),
        },
        index=sales.index,
    )


def _positive(values: pd.Series) -> Floats:
    """The values as numbers; NaN for zero, which is no price and no quantity to compare."""
    numbers = values.to_numpy(dtype=np.float64)
    return np.where(numbers > 0, numbers, np.nan)


def _judge_by_groups(
    found: Findings, rows: Rows, price: Floats, quantity: Floats, names: NDArray[np.object_], model: Model
) -> None:
    """By the category of the product, or by all."""
    categories = np.array([_group_of(name, model) for name in names], dtype=object)
    for category in set(categories):
        mine = categories == category
        group = model.categories.get(category, model.everything)
        found.whose[rows[mine]] = category
        around_price, around_quantity = at_least(group.price, "price"), at_least(group.quantity, "quantity")
        _judge_free_price(found, rows[mine], price[mine], around_price.median, around_price.sigma)
        _judge_quantity(found, rows[mine], quantity[mine], around_quantity.median, around_quantity.sigma)
        _judge_large_quantity(found, rows[mine], quantity[mine], np.full(int(mine.sum()), group.large_quantity))


def _group_of(name: object, model: Model) -> str:
    category = model.category_of.get(str(name), "all")
    return category if category in model.categories else "all"


def _judge_by_part(
    found: Findings, rows: Rows, sales: pd.DataFrame, products: Rows, names: NDArray[np.object_]
) -> None:
    """Products that the model does not know, by the other rows of the part, where they are enough."""
    price, quantity = against_others(sales, products, SMALLEST_SCALE["price"], SMALLEST_SCALE["quantity"])
    enough = price.own & quantity.own
    mine = rows[enough]
    found.price_z[mine] = found.features[mine, 0] = price.z[enough]
    found.usual_price[mine] = price.usual[enough]
    found.quantity_z[mine] = found.features[mine, 1] = quantity.z[enough]
    found.large_quantity[mine] = quantity.usual[enough]
    found.whose[mine] = names[enough]


def _judge_by_product(
    found: Findings, rows: Rows, products: Rows, price: Floats, quantity: Floats, usual: Catalogue
) -> None:
    _judge_free_price(found, rows, price, usual.price_median[products], usual.price_sigma[products])
    _judge_quantity(found, rows, quantity, usual.quantity_median[products], usual.quantity_sigma[products])
    _judge_large_quantity(found, rows, quantity, usual.large_quantity[products])
    fixed = usual.has_established[products]
    found.usual_price[rows[fixed]] = usual.established.nearest(products[fixed], price[fixed])
    found.price_z[rows[fixed]] = np.log(price[fixed] / found.usual_price[rows[fixed]]) / SMALLEST_SCALE["price"]
    is_new = ~_same(price, usual.prices.nearest(products, price))
    _find_slips(found, rows[is_new], products[is_new], price[is_new], usual)
    _find_swaps(found, rows[is_new], products[is_new], price[is_new], quantity[is_new], usual)
    found.hundredth[rows] = usual.quantities.nearest(products, quantity / 100) == quantity / 100


def _judge_free_price(
    found: Findings, rows: Rows, price: Floats, median: Floats | float, sigma: Floats | float
) -> None:
    found.price_z[rows] = found.features[rows, 0] = (np.log(price) - median) / sigma
    found.usual_price[rows] = np.exp(median)


def _judge_quantity(
    found: Findings, rows: Rows, quantity: Floats, median: Floats | float, sigma: Floats | float
) -> None:
    found.features[rows, 1] = (np.log(quantity) - median) / sigma


def _judge_large_quantity(found: Findings, rows: Rows, quantity: Floats, large: Floats) -> None:
    found.large_quantity[rows] = large
    found.quantity_z[rows] = np.log(quantity / large) / QUANTITY_SIGMA


def _find_slips(found: Findings, rows: Rows, products: Rows, price: Floats, usual: Catalogue) -> None:
    for times in SLIPS:
        meant = usual.prices.nearest(products, price / times)
        hit = _same(price / times, meant)
        found.slipped_from[rows[hit]] = meant[hit]


def _find_swaps(found: Findings, rows: Rows, products: Rows, price: Floats, quantity: Floats, usual: Catalogue) -> None:
    """The price is no price of the product, but a quantity that it sells in; the quantity, rounded or not, a price."""
    meant = usual.prices.nearest(products, quantity)
    hit = (usual.quantities.nearest(products, price) == price) & (np.abs(quantity - meant) <= 0.5)
    found.swapped_price[rows[hit]] = meant[hit]


def _judge_by_released(
    found: Findings, rows: Rows, products: Rows, price: Floats, quantity: Floats, released: Accepted
) -> None:
    usual = released.prices.nearest(products, price)
    z = np.log(price / usual) / SMALLEST_SCALE["price"]
    nearer = np.abs(z) < np.abs(found.price_z[rows])
    found.price_z[rows[nearer]], found.usual_price[rows[nearer]] = z[nearer], usual[nearer]
    known = rows[_same(price, usual)]
    found.slipped_from[known] = found.swapped_price[known] = np.nan
    larger = found.large_quantity[rows] < released.largest_quantity[products]
    mine = rows[larger]
    _judge_large_quantity(found, mine, quantity[larger], released.largest_quantity[products[larger]])


def _same(price: Floats, other: Floats) -> NDArray[np.bool_]:
    return np.asarray(np.abs(np.log(price / other)) < SAME_PRICE)


def _reasons(found: Findings, price: Floats, quantity: Floats, model: Model) -> NDArray[np.object_]:
    """A sentence for each row to be held, None for the others; what explains more is said first."""
    z = np.abs(found.price_z)
    far_quantity = np.flatnonzero(found.quantity_z >= FAR["quantity"])
    isolated = model.forest.isolates(np.nan_to_num(found.features[far_quantity]))
    result = np.full(len(price), None, dtype=object)
    for row in far_quantity[isolated | (found.quantity_z[far_quantity] >= SURE["quantity"])]:
        result[row] = reasons.quantity(quantity[row], found.large_quantity[row], found.whose[row])
    for row in np.flatnonzero((found.quantity_z >= DOUBTFUL["quantity"]) & found.hundredth):
        result[row] = reasons.hundredfold(quantity[row], found.large_quantity[row], found.whose[row])
    for row in np.flatnonzero((found.price_z >= FAR["high price"]) | (found.price_z <= -FAR["low price"])):
        result[row] = reasons.price(price[row], found.usual_price[row], found.whose[row])
    for row in np.flatnonzero((z >= DOUBTFUL["price"]) & ~np.isnan(found.slipped_from)):
        result[row] = reasons.slip(price[row], found.slipped_from[row], found.whose[row])
    for row in np.flatnonzero(~np.isnan(found.swapped_price)):
        result[row] = reasons.swap(price[row], quantity[row], found.swapped_price[row], found.whose[row])
    return result
