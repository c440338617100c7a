"""How many different values there are, and how many repeats: exact while they are few, then an estimate.

Adaptive sampling (Flajolet 1990, doi:10.1007/BF02241657): of all hashes, those up to a bound are kept, and the bound is
halved whenever more are kept than there is room for. What is kept is a sample of the different values; beside it, how
many hashes were met up to each bound tells of their repeats. It depends on the values alone, not on their order or on
how they arrive: a repetition says the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Hashes = np.ndarray[Any, np.dtype[np.uint64]]

NULL = np.uint64(0x9E3779B97F4A7C15)
ODD = np.uint64(0xBF58476D1CE4E5B9)
ONE = np.uint64(1)
BOUNDS = np.iinfo(np.uint64).max >> np.arange(64, dtype=np.uint64)  # each half of the one before
TEXTS_AT_ONCE = 2048  # so that what is in between stays in the processor's cache
WAITING_SHARE = 4  # of the room, that may wait: to merge takes several times the memory of what is merged
MOST_WAITING = 256  # additions: of a column of few values, each of a file's thousands brings a hash or none
PLACES = 1024  # of a text that have a weight of their own


class Sketch:
    """Counts hashes in room for `room` different ones; beyond that, its standard error is about 1.2 / sqrt(room)."""

    def __init__(self, room: int) -> None:
        """An empty one."""
        self._room = room
        self._halvings = 0
        self._hashes: Hashes = np.empty(0, np.uint64)  # in their order, each once
        self._met = np.zeros(len(BOUNDS), np.int64)  # up to each bound that is not given up yet, repeats too
        self._waiting: list[Hashes] = []

    def add(self, hashes: Hashes) -> None:
        """Count these in."""
        self._waiting.append(self._sampled(hashes))
        if len(self._waiting) == MOST_WAITING or sum(map(len, self._waiting)) > self._room // WAITING_SHARE:
            self._settle()

    def distinct(self) -> int:
        """How many different ones there were."""
        self._settle()
        return len(self._hashes) << self._halvings

    def repeats(self) -> int:
        """How many there were beyond the first of each."""
        self._settle()
        return int(self._met[self._halvings] - len(self._hashes)) << self._halvings

    @property
    def is_estimate(self) -> bool:
        """Whether there were more than there is room for."""
        self._settle()
        return self._halvings > 0

    def _sampled(self, hashes: Hashes) -> Hashes:
        return hashes[hashes <= BOUNDS[self._halvings]] if self._halvings else hashes

    def _settle(self) -> None:
        """Merge what waits with what is kept, and keep less until it fits."""
        if not self._waiting:
            return
        arrived = np.sort(np.concatenate(self._waiting))
        self._waiting = []
        self._met += np.searchsorted(arrived, BOUNDS, side="right")
        merged = np.concatenate([self._hashes, arrived])
        merged.sort(kind="stable")  # which merges two that are sorted
        is_first = np.ones(len(merged), np.bool_)
        np.not_equal(merged[1:], merged[:-1], out=is_first[1:])
        self._hashes = merged[is_first]
        while len(self._hashes) > self._room:
            self._halvings += 1
            self._hashes = self._sampled(self._hashes)


def hashes_of(encoded: pa.DictionaryArray) -> tuple[Hashes, Hashes]:
    """A hash for each row, and one for each value of the dictionary; nulls are a value to the former alone."""
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
    """Values, not null, as evenly spread hashes, the same in every process."""
    kind = values.type
    if pa.types.is_temporal(kind):
        values = values.cast(pa.int32() if pa.types.is_date32(kind) else pa.int64())
    if pa.types.is_integer(values.type):
        return _spread(values.cast(pa.int64()).to_numpy().view(np.uint64))
    if pa.types.is_floating(kind):
        return _spread(values.cast(pa.float64()).to_numpy().view(np.uint64))
    if pa.types.is_decimal128(kind):
        halves = np.frombuffer(values.buffers()[1], np.uint64).reshape(-1, 2)[values.offset :][: len(values)]
        return _spread(_spread(halves[:, 0]) ^ halves[:, 1])
    texts = values.cast(pa.large_string())
    blocks = [_sums(texts.slice(first, TEXTS_AT_ONCE)) for first in range(0, len(texts), TEXTS_AT_ONCE)]
    return _spread(np.concatenate([np.empty(0, np.uint64), *blocks]))


def _sums(texts: pa.LargeStringArray) -> Hashes:
    """For each text the sum of its bytes, each plus one and times an odd number that goes with its place."""
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    content = np.frombuffer(data or b"", np.uint8)[ends[0] : ends[-1]]
    lengths = np.diff(ends)
    place = np.arange(len(content)) - np.repeat(ends[:-1] - ends[0], lengths)
    weighted = WEIGHTS[place & (PLACES - 1)] * (content + ONE)
    reached = np.concatenate([np.zeros(1, np.uint64), np.cumsum(weighted)])  # modulo 2**64, as the differences are
    return np.asarray(reached[ends[1:] - ends[0]] - reached[ends[:-1] - ends[0]])


def _spread(numbers: Hashes) -> Hashes:
    """SplitMix64 (Steele, Lea and Flood 2014, doi:10.1145/2714064.2660195): different numbers, evenly spread."""
    numbers = numbers + NULL
    numbers = (numbers ^ (numbers >> np.uint64(30))) * ODD
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(numbers ^ (numbers >> np.uint64(31)))


WEIGHTS = _spread(np.arange(PLACES, dtype=np.uint64)) | ONE
