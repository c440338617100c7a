"""Which sales are anomalous while there is no history yet: each row of a part is judged by the part's other rows.

Unit price and quantity are judged on a logarithmic scale, where ten times more and ten times less are equally far.
The rule: a robust z-score at or above FAR, of either, holds the row.

An Isolation Forest has no say here, as it has in functions/anomaly.py: grown on the same part, it was of another mind
about 7 of 541,907 real rows, and growing it took four fifths of the time.

functions/model.py names the rule, which is to change when a constant here does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from functions import reasons
from functions.robust import Floats, Integers, leave_one_out

# The baseline is the product's other rows in the part; with fewer than this, all other rows of the part.
SMALLEST_SAMPLE = 8
# A z-score's scale is never smaller than this, in log units: the rule for values that do not vary at all.
# 0.25 lets a price differ by the factor of 1.28 a sigma, since shops sell at several price levels.
SMALLEST_SCALE = {"unit_price": 0.25, "quantity": 0.5}
FAR = 5.0


@dataclass(frozen=True)
class Judged:
    """Of each row: z, NaN where there is too little to compare with; what is usual; whether that is its product's."""

    z: Floats
    usual: Floats
    own: NDArray[np.bool_]


def score(sales: pd.DataFrame) -> pd.DataFrame:
    """Judge sales by product_id, unit_price and quantity.

    Returns, with the same index: anomaly_score, the larger of the two |z| (NaN where there is too little to compare
    with), and anomaly_reason, a sentence for each row to be held and None for the others.
    """
    products, names = pd.factorize(sales["product_id"], use_na_sentinel=False)
    price, quantity = against_others(sales, products, SMALLEST_SCALE["unit_price"], SMALLEST_SCALE["quantity"])
    sentences = np.full(len(sales), None, dtype=object)
    for name, judged in (("quantity", quantity), ("unit_price", price)):  # where both are far, the price is told
        values = sales[name].to_numpy(dtype=np.float64)
        for row in np.flatnonzero(np.abs(judged.z) >= FAR):
            whose = names[products[row]] if judged.own[row] else "all"
            sentences[row] = reasons.off(name, values[row], judged.usual[row], whose)
    distance = np.fmax(np.abs(price.z), np.abs(quantity.z))
    return pd.DataFrame({"anomaly_score": distance, "anomaly_reason": sentences}, index=sales.index)


def against_others(
    sales: pd.DataFrame, products: Integers, price_scale: float, quantity_scale: float
) -> tuple[Judged, Judged]:
    """Price and quantity of each row against the other rows of its product, or of all where those are too few.

    `products` holds the code of each row's product.
    """
    price, quantity = (sales[name].to_numpy(dtype=np.float64) for name in ("unit_price", "quantity"))
    return _judged(price, products, price_scale), _judged(np.abs(quantity), products, quantity_scale)


def _judged(sizes: Floats, products: Integers, smallest_scale: float) -> Judged:
    """On the scale of logarithms; zero is no price and no quantity to compare."""
    z, usual, own = np.full(len(sizes), np.nan), np.full(len(sizes), np.nan), np.zeros(len(sizes), dtype=bool)
    known = sizes > 0
    if known.any():
        z[known], usual[known], own[known] = _compared(np.log(sizes[known]), products[known], smallest_scale)
    return Judged(z, np.exp(usual), own)


def _compared(values: Floats, products: Integers, smallest_scale: float) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    own = leave_one_out(values, products)
    everyone = leave_one_out(values, np.zeros(len(values), dtype=np.int64))
    enough = own.others >= SMALLEST_SAMPLE
    usual = np.where(enough, own.centre, everyone.centre)
    scale = np.maximum(np.where(enough, own.scale, everyone.scale), smallest_scale)
    judgeable = enough | (everyone.others >= SMALLEST_SAMPLE)
    return np.where(judgeable, (values - usual) / scale, np.nan), usual, enough
