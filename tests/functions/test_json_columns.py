"""Lines of JSON read as whole columns are the rows that they are one at a time, or nothing."""

import json
import re
from itertools import count
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from functions import contract
from functions.readers import json_columns, nested
from functions.readers.json_rows import DECODER
from functions.readers.rows import CELLS_AT_ONCE, MAX_COLUMNS, NumberedRow

SALES = contract.for_object("sales/a.ndjson")
NAMES = ["a", "b c", ""]
PIECES = [*'ab\\"{}:,[] 12.5e-\n\té😀', "true", '":1,', '": 1}', "\\u0061"]
# A colon behind a quote is taken for a member's, which makes the line no JSON: such are read one at a time.
TEXTS = (
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join).filter(lambda text: not re.search('(^|")[ \t]*:', text))
)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
OBJECTS = st.dictionaries(st.sampled_from(NAMES), TEXTS | NUMBERS | st.booleans() | st.none(), max_size=3)
SPACE = st.sampled_from(["", " ", "\t"])
STRINGS = [
    '"x"', '"\\""', '"\\\\"', '": 12, x"', '"\\": 12, x"', '"\\ud800"', '"\\ud83d\\ude00"', '"true"', '"é"', '"\t"',
]  # fmt: skip
BARE = [
    "1", "-0", "-0.50", "1e5", "1E+05", "01", "1.", ".5", "-", "NaN", "Infinity", "true", "null", "[1]", "{}", "", "x",
]  # fmt: skip
VALUES = st.sampled_from([*STRINGS, *BARE])
KEYS = st.sampled_from(['"a"', '"b c"', '""', '"c"', '"\\u0061"', '"a\\\\"', '"\\ud800"', "a"])


@st.composite
def almost_objects(draw: st.DrawFn) -> str:
    members = [
        f"{draw(SPACE)}{draw(KEYS)}{draw(SPACE)}:{draw(SPACE)}{draw(VALUES)}{draw(SPACE)}"
        for _ in range(draw(st.integers(0, 3)))
    ]
    end = draw(st.sampled_from(["}"] * 8 + ["", "} {}", '},\n{"a":1}', "}\r", "}\n", "} // x", "}\x00"]))
    return "{" + ",".join(members) + end


def one_at_a_time(lines: str) -> list[dict[str, str | None]]:
    """The rows that nested makes of the same lines; ValueError where one is none."""
    items = [DECODER.decode(line.strip()) for line in lines.split("\n")]
    rows = list(nested.rows(items, SALES, count(1)))
    if not all(isinstance(row, NumberedRow) for row in rows):
        raise ValueError
    return [row.record for row in rows if isinstance(row, NumberedRow)]


SEPARATORS = st.sampled_from([(",", ":"), (", ", ": "), (" , ", " :\t")])


@given(st.lists(OBJECTS, min_size=1, max_size=5), st.booleans(), SEPARATORS)
def test_flat_objects_are_columns(objects: list[dict[str, Any]], ascii_only: bool, separators: tuple[str, str]) -> None:
    lines = "\n".join(json.dumps(one, ensure_ascii=ascii_only, separators=separators) for one in objects)
    table = json_columns.table(lines.encode(), NAMES)
    assert table is not None
    nulls = dict.fromkeys(NAMES)
    assert table.to_pylist() == [{**nulls, **row} for row in one_at_a_time(lines)]


@given(st.lists(almost_objects(), min_size=1, max_size=3).map("\n".join))
@example('{"a":": 12, x"}')
@example('{"a":"\\": 12, x"}')
@example('{"a\\\\": 12}')
@example('{"a":1}{"a":2}\n{"a":3,')
def test_lines_that_are_columns_are_the_same_rows(lines: str) -> None:
    table = json_columns.table(lines.encode(), NAMES)
    if table is not None:
        nulls = dict.fromkeys(NAMES)
        assert table.to_pylist() == [{**nulls, **row} for row in one_at_a_time(lines)]


def test_numbers_are_as_they_were_written() -> None:
    lines = b'{"a":-0.50,"b":1E+05,"c":12345678901234567890123,"d":true}'
    table = json_columns.table(lines, ["a", "b", "c", "d"])
    assert table is not None
    assert table.to_pylist() == [{"a": "-0.50", "b": "1E+05", "c": "12345678901234567890123", "d": "true"}]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_lines_end_as_on_any_system(line_end: str) -> None:
    assert json_columns.table(line_end.join(['{"a":1}', '{"a":2}']).encode(), ["a"]) is not None


def test_more_cells_than_a_table_may_have_are_not_read_at_once() -> None:
    names = [str(number) for number in range(MAX_COLUMNS)]
    enough = "\n".join(["{}"] * (CELLS_AT_ONCE // MAX_COLUMNS)).encode()
    assert json_columns.table(enough, names) is not None
    assert json_columns.table(enough + b"\n{}", names) is None
    assert json_columns.table(b"{}", [*names, "more"]) is None
