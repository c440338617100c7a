"""Versions of products and customers at the times of sales: pure functions over Arrow columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

Places = np.ndarray[tuple[int], np.dtype[np.int64]]
NONE = -1
ALWAYS = np.iinfo(np.int64)


def at_their_times(places: Places, times: Places, versions: Mapping[str, Any]) -> pa.Array:
    """Which version is valid of each place at its time, as int64; null where none is.

    `versions` has of each its `place`, its `since`, None where it began before all times, and its `until`, which is no
    longer part of it, None where it lasts; those of a place do not overlap.
    """
    place = np.asarray(versions["place"], np.int64)
    since = pa.array(versions["since"], pa.int64()).fill_null(ALWAYS.min).to_numpy()
    until = pa.array(versions["until"], pa.int64()).fill_null(ALWAYS.max).to_numpy()
    of_place = np.bincount(place, minlength=1 + places.max(initial=NONE))
    only = np.full(len(of_place), NONE)
    only[place] = np.arange(len(place))
    version = only[places]
    several = of_place[places] > 1  # of most there is one, which takes a tenth of putting all in order
    if several.any():
        version[several] = _latest(places[several], times[several], place, since)
    found = version != NONE
    candidates = version[found]
    found[found] = (
        (place[candidates] == places[found]) & (since[candidates] <= times[found]) & (times[found] < until[candidates])
    )
    return pa.array(version, mask=~found)


def _latest(places: Places, times: Places, place: Places, since: Places) -> Places:
    """The last version that began up to the time, of its place or of another; NONE where none did."""
    # Versions and sales in one order, a version before the sales at its beginning: the last before a sale may be its.
    is_sale = np.repeat([False, True], [len(place), len(places)])
    order = np.lexsort((is_sale, np.concatenate([since, times]), np.concatenate([place, places])))
    last = np.maximum.accumulate(np.where(is_sale[order], NONE, np.arange(len(order))))
    version = np.empty(len(places), np.int64)
    of_sale = is_sale[order]
    version[order[of_sale] - len(place)] = np.where(last[of_sale] < 0, NONE, order[last[of_sale]])
    return version
