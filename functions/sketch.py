"""How many different values there are, and how many repeats: exact while they are few, then an estimate.

Adaptive sampling (Flajolet 1990, doi:10.1007/BF02241657): of all hashes, those below a bound are kept, and the bound is
halved whenever more are kept than there is room for. What is kept is a sample of the different values, each with all
its occurrences. It depends on the values alone, not on their order or on how they arrive: a repetition says the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Hashes = np.ndarray[Any, np.dtype[np.uint64]]

NULL = np.uint64(0x9E3779B97F4A7C15)
ODD = np.uint64(0xBF58476D1CE4E5B9)


class Sketch:
    """Counts hashes in room for `room` different ones; beyond that, its standard error is about 1.2 / sqrt(room)."""

    def __init__(self, room: int) -> None:
        """An empty one."""
        self._room = room
        self._halvings = 0
        self._hashes: Hashes = np.empty(0, np.uint64)
        self._counts = np.empty(0, np.int64)
        self._waiting: list[Hashes] = []

    def add(self, hashes: Hashes) -> None:
        """Count these in."""
        self._waiting.append(self._sampled(hashes))
        if sum(map(len, self._waiting)) > self._room:
            self._settle()

    def distinct(self) -> int:
        """How many different ones there were."""
        self._settle()
        return len(self._hashes) << self._halvings

    def repeats(self) -> int:
        """How many there were beyond the first of each."""
        self._settle()
        return int((self._counts - 1).sum()) << self._halvings

    @property
    def is_estimate(self) -> bool:
        """Whether there were more than there is room for."""
        self._settle()
        return self._halvings > 0

    def _sampled(self, hashes: Hashes) -> Hashes:
        return hashes[hashes >> np.uint64(64 - self._halvings) == 0] if self._halvings else hashes

    def _settle(self) -> None:
        """Merge what waits with what is kept, and keep less until it fits."""
        if not self._waiting:
            return
        arrived, counts = np.unique(np.concatenate(self._waiting), return_counts=True)
        self._waiting = []
        self._hashes, places = np.unique(np.concatenate([self._hashes, arrived]), return_inverse=True)
        merged = np.zeros(len(self._hashes), np.int64)
        np.add.at(merged, places, np.concatenate([self._counts, counts]))
        self._counts = merged
        while len(self._hashes) > self._room:
            self._halvings += 1
            self._hashes = self._sampled(self._hashes)  # sorted, so what is kept comes first
            self._counts = self._counts[: len(self._hashes)]


def hashes_of(column: pa.ChunkedArray) -> tuple[Hashes, Hashes]:
    """A hash for each row, and one for each different value; nulls are a value to the former alone."""
    encoded = column.combine_chunks().dictionary_encode()
    values = _hashed(encoded.dictionary)
    places = pc.fill_null(encoded.indices, len(values)).to_numpy(zero_copy_only=False)
    return np.append(values, NULL)[places], values


def hashes_of_rows(columns: list[Hashes], length: int) -> Hashes:
    """One hash a row from the hashes of its columns; which column holds a value matters."""
    whole = np.zeros(length, np.uint64)
    for column in columns:
        whole = (whole ^ column) * ODD
        whole ^= whole >> np.uint64(31)
    return whole


def _hashed(values: pa.Array) -> Hashes:
    """Different values, not null, as evenly spread hashes, the same in every process."""
    kind = values.type
    if pa.types.is_temporal(kind):
        values = values.cast(pa.int32() if pa.types.is_date32(kind) else pa.int64())
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        values = values.cast(pa.string())
    return np.asarray(pd.util.hash_array(values.to_numpy(zero_copy_only=False), categorize=False), dtype=np.uint64)
