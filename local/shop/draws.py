"""How the shop's random choices are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def choose(rng: np.random.Generator, shares: Mapping[Any, float], count: int) -> NDArray[Any]:
    """Draw `count` keys of `shares`, each as often as its share of the total says."""
    weights = np.array(list(shares.values()), dtype=np.float64)
    return rng.choice(np.array(list(shares)), count, p=weights / weights.sum())


def pick_present(
    rng: np.random.Generator, starts: pd.DatetimeIndex, times: pd.DatetimeIndex, skew: float
) -> NDArray[np.int64]:
    """For each time, the position of one of those that had started by then.

    `starts` is in order. A skew of 1 picks all alike; the larger it is, the more often the first are picked.
    """
    present = starts.searchsorted(times, side="right")
    return np.floor(rng.random(len(times)) ** skew * present).astype(np.int64)
