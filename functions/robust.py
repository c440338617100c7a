"""Robust statistics that leave out the point under test.

A baseline that contains the point pulls itself towards it: with n points no |z| can pass (n - 1) / sqrt(n), so ten
points or fewer could never alarm at 3. Median and MAD (median absolute deviation; Hampel 1974, Leys et al. 2013,
doi:10.1016/j.jesp.2013.03.013) of the *other* points have neither that limit nor are they moved by a few outliers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Scales the MAD to the standard deviation of a normal distribution: 1 / Phi^-1(3/4).
MAD_TO_SIGMA = 1.482602218505602
# A spread's sigma is never smaller than this, in log units: the rule for values that do not vary at all.
# 0.25 lets a price differ by the factor of 1.28 a sigma, since shops sell at several price levels.
SMALLEST_SCALE = {"price": 0.25, "quantity": 0.5, "worth": 0.5}


@dataclass(frozen=True)
class Baseline:
    """For each row, centre and scale of the other rows of its group, and how many those are."""

    centre: Floats
    scale: Floats
    others: Integers


def leave_one_out(values: Floats, groups: Integers) -> Baseline:
    """Median and MAD (as a sigma) of the other values of each row's group; NaN where it has no others.

    `groups` holds codes from 0 on. Rows of the same group and value have the same baseline, so only one of them is
    looked at. Whichever is left out, a group's median takes one of three values at most, so three sorts of the
    deviations give each its own MAD.
    """
    of_row, values, groups, lines = _distinct(values, groups)
    centre = _median_of_others(values, groups, lines)
    lowest, *others_of_three = _candidate_medians(centre, groups)
    deviation = _median_of_others(np.abs(values - lowest[groups]), groups, lines)
    for candidate in others_of_three:  # of most groups, whose values repeat, these are the lowest again
        at = np.flatnonzero((candidate != lowest)[groups])
        mine = candidate[groups[at]]
        around = _median_of_others(np.abs(values[at] - mine), groups[at], lines[at])
        deviation[at] = np.where(centre[at] == mine, around, deviation[at])
    others = np.bincount(groups, lines).astype(np.int64)[groups] - 1 if len(groups) else groups
    return Baseline(centre[of_row], deviation[of_row] * MAD_TO_SIGMA, others[of_row])


def _distinct(values: Floats, groups: Integers) -> tuple[Integers, Floats, Integers, Integers]:
    """Which of the distinct pairs of group and value each row has; their values, groups and numbers of rows."""
    codes, different = _encoded(values)
    of_row, pairs = _encoded(groups * len(different) + codes)
    pair_groups, pair_codes = np.divmod(pairs, max(len(different), 1))
    return of_row, different[pair_codes], pair_groups, np.bincount(of_row)


def _encoded(values: Floats | Integers) -> tuple[Integers, NDArray[Any]]:
    """The place of each value among the different ones, and those."""
    encoded = pa.array(values).dictionary_encode()
    return encoded.indices.to_numpy().astype(np.int64), encoded.dictionary.to_numpy()


def _median_of_others(values: Floats, groups: Integers, lines: Integers) -> Floats:
    """For each pair, which `lines` rows have, the median of its group without one of them: by their place in it."""
    if not len(groups):
        return np.empty(0)
    order = np.lexsort((values, groups))
    ordered, ends = values[order], np.cumsum(lines[order])
    sizes = np.bincount(groups, lines).astype(np.int64)
    size = sizes[groups[order]]
    start = (np.cumsum(sizes) - sizes)[groups[order]]
    place = ends - lines[order] - start
    # The others are one fewer; places at and after the first of the pair's own move up by one.
    low, high = (size - 2) // 2, (size - 1) // 2
    last = len(order) - 1
    at_low, at_high = (
        ordered[np.minimum(np.searchsorted(ends, start + among + (among >= place), side="right"), last)]
        for among in (low, high)
    )
    result = np.empty(len(values))
    result[order] = np.where(size > 1, (at_low + at_high) / 2, np.nan)
    return result


def _candidate_medians(centre: Floats, groups: Integers) -> list[Floats]:
    """The up to three medians of each group, lowest, middle and highest."""
    count = int(groups.max()) + 1 if len(groups) else 0
    lowest, highest = np.full(count, np.inf), np.full(count, -np.inf)
    np.fmin.at(lowest, groups, centre)
    np.fmax.at(highest, groups, centre)
    middle = lowest.copy()
    is_between = (centre != lowest[groups]) & (centre != highest[groups])
    middle[groups[is_between]] = centre[is_between]
    return [lowest, middle, highest]


@dataclass(frozen=True)
class Spread:
    """Where values lie: their median, and their MAD as a sigma."""

    median: float
    sigma: float


def at_least(found: Spread, name: str) -> Spread:
    """The spread, its sigma not below the smallest scale of price, quantity or worth."""
    return Spread(found.median, max(found.sigma, SMALLEST_SCALE[name]))


def spread(values: Floats, lines: Integers) -> Spread:
    """Median and MAD of values of which the n-th occurs `lines[n]` times."""
    median = weighted_quantile(values, lines, 0.5)
    return Spread(median, weighted_quantile(np.abs(values - median), lines, 0.5) * MAD_TO_SIGMA)


def weighted_quantile(values: Floats, lines: Integers, share: float) -> float:
    """The smallest value at or below which at least `share` of the lines lie."""
    order = np.argsort(values)
    reached = np.cumsum(lines[order])
    place = np.searchsorted(reached, share * reached[-1])
    return float(values[order][min(int(place), len(order) - 1)])
