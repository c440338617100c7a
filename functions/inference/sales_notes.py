"""What only sales need told: line numbers, returns, exact repeats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from functions import parsing
from functions.inference.matching import Match
from functions.inference.sample import Sample
from functions.operation import OPERATION

MOST_PREFIXES = 3


def without_false_line_numbers(matches: list[Match], sample: Sample) -> list[Match]:
    """The same; a column that is no number of the line within its order feeds nothing, and keys are what lines have."""
    fed = {match.column.name: match.name for match in matches}
    order, line = fed.get("order_id"), fed.get("line_no")
    if order and line and _are_different(sample.columns[order], sample.columns[line]):
        return matches
    plain = [replace(match, column=replace(match.column, is_key=False)) for match in matches]
    unfed = ("line_no", OPERATION)
    return [Match(m.column, None) if m.column.name in unfed else m for m in plain]


def _are_different(orders: pa.Array, lines: pa.Array) -> bool:
    pairs = pc.binary_join_element_wise(orders, lines, "\x1f")
    return pairs.null_count == 0 and len(pc.unique(pairs)) == len(pairs)


def notes(matches: list[Match], sample: Sample) -> Iterator[str]:
    """Comments on the rows as a whole."""
    fed = {match.column.name: match for match in matches if match.name is not None}
    if "line_no" not in fed:
        yield "Lines have no number, so a file that mentions an order states all its lines of that day."
    yield from _returns(fed, sample)
    repeats = _repeats(sample)
    if repeats:
        yield f"DECIDE: {repeats:,} rows repeat another in every column. They count as lines of their own; to reject"
        yield "them: customProperties: [{property: repeats, value: reject}]"


def _returns(fed: dict[str, Match], sample: Sample) -> Iterator[str]:
    """Which rows are returns is for a person to say."""
    if "quantity" not in fed or "order_id" not in fed:
        return
    quantity = fed["quantity"]
    numbers = parsing.parse_integer(sample.columns[str(quantity.name)], quantity.written.custom).values
    negative = pc.sum(pc.less(numbers, 0)).as_py() or 0
    letters = _prefixes(sample.columns[str(fed["order_id"].name)])
    seen = f"; order ids begin with {', '.join(letters)}" if letters else ""
    yield f"DECIDE: which rows are returns? Those with a negative quantity are ({negative:,} here){seen}. Where the"
    yield "files mark returns in another way, say which column of the platform has which pattern:"
    pattern = f"^{letters[0]}" if letters else "^R"
    yield f'customProperties: [{{property: returns, value: {{column: order_id, pattern: "{pattern}"}}}}]'


def _prefixes(orders: pa.Array) -> list[str]:
    """The letters that a minority of the order ids begins with."""
    starts = pc.extract_regex(orders.drop_null(), r"^(?P<letters>[A-Za-z]{1,3})\d")
    counts = pc.value_counts(starts.field("letters").drop_null()).to_pylist() if len(starts) else []
    rare = sorted((entry["counts"], entry["values"]) for entry in counts if 2 * entry["counts"] < len(orders))
    return [re.escape(letters) for _, letters in rare[:MOST_PREFIXES] if letters]


def _repeats(sample: Sample) -> int:
    texts = [pc.fill_null(column, "\x00") for column in sample.columns.values()]
    rows = pc.binary_join_element_wise(*texts, "\x1f") if texts else pa.array([], pa.string())
    return len(rows) - len(pc.unique(rows))
