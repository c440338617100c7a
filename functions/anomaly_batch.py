"""Which sales are anomalous while there is no history yet: each row of a part is judged by the part's other rows.

Unit price and quantity are judged on a logarithmic scale, where ten times more and ten times less are equally far.
The rule: a robust z-score at or above SURE holds the row; one at or above DOUBTFUL holds it only if an Isolation
Forest (Liu, Ting and Zhou 2008, doi:10.1109/ICDM.2008.17), grown on the part's unsuspicious rows, isolates it too.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from functions import forest, reasons
from functions.robust import Floats, Integers, leave_one_out

# Names the rule and its constants on every scored row: change it when they change.
MODEL_VERSION = "batch-1"

# The baseline is the product's other rows in the part; with fewer than this, all other rows of the part.
SMALLEST_SAMPLE = 8
# A z-score's scale is never smaller than this, in log units: the rule for values that do not vary at all.
# 0.25 lets a price differ by the factor of 1.28 a sigma, since shops sell at several price levels.
SMALLEST_SCALE = {"unit_price": 0.25, "quantity": 0.5}
SURE = {"unit_price": 6.0, "quantity": 6.0}
DOUBTFUL = {"unit_price": 5.0, "quantity": 5.0}
FOREST_TREES = 50
FOREST_SMALLEST_SAMPLE = 64

Flags = NDArray[np.bool_]


def score(sales: pd.DataFrame) -> pd.DataFrame:
    """Judge sales by product_id, unit_price and quantity.

    Returns, with the same index: anomaly_score, the larger of the two |z| (NaN where there is too little to compare
    with), and anomaly_reason, a sentence for each row to be held and None for the others.
    """
    products, names = pd.factorize(sales["product_id"])
    judged = {
        "unit_price": _z_scores(_log(sales["unit_price"]), products, SMALLEST_SCALE["unit_price"]),
        "quantity": _z_scores(_log(sales["quantity"].abs()), products, SMALLEST_SCALE["quantity"]),
    }
    distance = pd.DataFrame({name: judgement["z"].abs() for name, judgement in judged.items()})
    held = _held(distance)
    sentences = np.full(len(sales), None, dtype=object)
    for name in reversed(list(judged)):
        mine = held & (distance[name] >= DOUBTFUL[name]).to_numpy()
        sentences[mine] = _sentences(name, sales[mine], judged[name][mine], np.asarray(names)[products[mine]])
    return pd.DataFrame(
        {"anomaly_score": distance.max(axis=1).to_numpy(), "anomaly_reason": sentences}, index=sales.index
    )


def _log(values: pd.Series) -> Floats:
    """Logarithms; NaN for zero, which is no price and no quantity to compare."""
    numbers = values.to_numpy(dtype=np.float64)
    return np.log(np.where(numbers > 0, numbers, np.nan))


def _z_scores(values: Floats, products: Integers, smallest_scale: float) -> pd.DataFrame:
    """Each row against the others of its product, or where they are too few, against all others.

    Columns: z; usual, the baseline's centre in log units; own, whether the baseline is the product's own.
    """
    result = pd.DataFrame({"z": np.nan, "usual": np.nan, "own": False}, index=range(len(values)))
    known = np.flatnonzero(~np.isnan(values))
    if not len(known):
        return result
    codes, _ = pd.factorize(products[known])
    own = leave_one_out(values[known], codes)
    everyone = leave_one_out(values[known], np.zeros(len(known), dtype=np.int64))
    enough = own.others >= SMALLEST_SAMPLE
    usual = np.where(enough, own.centre, everyone.centre)
    scale = np.maximum(np.where(enough, own.scale, everyone.scale), smallest_scale)
    judgeable = enough | (everyone.others >= SMALLEST_SAMPLE)
    result.loc[known, "z"] = np.where(judgeable, (values[known] - usual) / scale, np.nan)
    result.loc[known, "usual"] = usual
    result.loc[known, "own"] = enough
    return result


def _held(distance: pd.DataFrame) -> Flags:
    sure, suspicious = _beyond(distance, SURE), _beyond(distance, DOUBTFUL)
    doubtful = suspicious & ~sure
    if not doubtful.any():
        return sure
    held = sure.copy()
    held[doubtful] = _isolated(distance.to_numpy(), suspicious, doubtful)
    return held


def _beyond(distance: pd.DataFrame, limits: dict[str, float]) -> Flags:
    """Which rows reach the limit of any of the columns."""
    return np.asarray((distance[list(limits)] >= pd.Series(limits)).any(axis=1), dtype=bool)


def _isolated(features: Floats, suspicious: Flags, doubtful: Flags) -> Flags:
    """Whether a forest grown on the unsuspicious rows isolates each doubtful one; with too few of them, none."""
    features = np.nan_to_num(features)
    others = np.unique(features[~suspicious], axis=0)
    if len(others) < FOREST_SMALLEST_SAMPLE:
        return np.zeros(int(doubtful.sum()), dtype=bool)
    return forest.grow(others, FOREST_TREES).isolates(features[doubtful])


def _sentences(name: str, sales: pd.DataFrame, judged: pd.DataFrame, products: NDArray[np.object_]) -> list[str]:
    usual = np.exp(judged["usual"].to_numpy())
    values = sales[name].to_numpy(dtype=np.float64)
    return [
        reasons.off(name, value, centre, product if own else "all")
        for value, centre, product, own in zip(values, usual, products, judged["own"], strict=True)
    ]


def against_others(sales: pd.DataFrame, price_scale: float, quantity_scale: float) -> pd.DataFrame:
    """Each row against the other rows of its product: price_z, usual_price, quantity_z, usual_quantity.

    `own` says where the product has enough other rows, in both.
    """
    products, _ = pd.factorize(sales["product_id"])
    price = _z_scores(_log(sales["unit_price"]), products, price_scale)
    quantity = _z_scores(_log(sales["quantity"].abs()), products, quantity_scale)
    return pd.DataFrame(
        {
            "price_z": price["z"],
            "usual_price": np.exp(price["usual"]),
            "quantity_z": quantity["z"],
            "usual_quantity": np.exp(quantity["usual"]),
            "own": price["own"] & quantity["own"],
        }
    )
