"""Different values and repeats: exact while there is room, an estimate of known error beyond."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.sketch import MOST_WAITING, Sketch, hashes_of, hashes_of_rows

texts = st.lists(st.one_of(st.none(), st.text(max_size=3)), max_size=60)


def sketch_of(values: Sequence[str | None], room: int, at_once: int = 7) -> Sketch:
    sketch = Sketch(room)
    for at in range(0, len(values), at_once):
        sketch.add(hashes_of(pa.array(values[at : at + at_once], pa.string()).dictionary_encode())[0])
    return sketch


@given(texts)
def test_it_is_exact_while_there_is_room(values: list[str | None]) -> None:
    sketch = sketch_of(values, room=100)
    counted = Counter(values)
    assert (sketch.distinct(), sketch.repeats(), sketch.is_estimate) == (
        len(counted),
        len(values) - len(counted),
        False,
    )


@given(texts, st.randoms(), st.integers(1, 20))
def test_what_it_says_depends_on_the_values_alone(values: list[str | None], chance: Any, at_once: int) -> None:
    shuffled = values[:]
    chance.shuffle(shuffled)
    one, other = sketch_of(values, room=8), sketch_of(shuffled, room=8, at_once=at_once)
    assert (one.distinct(), one.repeats()) == (other.distinct(), other.repeats())


def test_a_long_file_of_few_values_is_counted_whole_and_leaves_little_behind() -> None:
    values = ["GBP", "EUR"] * 5 * MOST_WAITING
    sketch = sketch_of(values, room=65_536, at_once=2)
    assert len(sketch._waiting) < MOST_WAITING
    assert (sketch.distinct(), sketch.repeats()) == (2, 10 * MOST_WAITING - 2)


@pytest.mark.parametrize("distinct", [5_000, 50_000, 400_000])
def test_beyond_that_it_is_an_estimate_of_known_error(distinct: int) -> None:
    room, repeated = 4096, distinct // 5
    sketch = Sketch(room)
    numbers = np.concatenate([np.arange(distinct), np.arange(repeated)])
    for chunk in np.array_split(numbers, 50):
        sketch.add(hashes_of(pa.array(chunk).dictionary_encode())[0])
    assert sketch.is_estimate
    standard_error = 1.2 / np.sqrt(room)
    assert abs(sketch.distinct() / distinct - 1) < 4 * standard_error
    assert abs(sketch.repeats() / repeated - 1) < 4 * standard_error * np.sqrt(5)
    assert len(sketch._hashes) <= room


def test_no_repeats_are_never_estimated_to_be_some() -> None:
    sketch = Sketch(64)
    sketch.add(hashes_of(pa.array(range(10_000)).dictionary_encode())[0])
    assert (sketch.is_estimate, sketch.repeats()) == (True, 0)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (pa.int64(), 1, 2),
        (pa.float64(), 1.5, 2.5),
        (pa.decimal128(18, 6), Decimal("999999999999.999998"), Decimal("999999999999.999999")),
        (pa.date32(), date(2026, 1, 1), date(2026, 1, 2)),
        (pa.timestamp("us", "UTC"), datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC)),
        (pa.string(), "a", "b"),
        (pa.bool_(), True, False),
    ],
    ids=str,
)
def test_values_of_every_type_are_told_apart(kind: pa.DataType, one: Any, other: Any) -> None:
    rows, values = hashes_of(pa.array([one, other, one, None], kind).dictionary_encode())
    assert len(set(values.tolist())) == 2
    assert rows[0] == rows[2]
    assert len(set(rows.tolist())) == 3


def test_which_column_holds_a_value_matters() -> None:
    a, b = (hashes_of(pa.array(values).dictionary_encode())[0] for values in (["x", "y"], ["y", "x"]))
    whole = hashes_of_rows([a, b], 2)
    assert whole[0] != whole[1]
