"""Where a table begins: titles, `sep=;` and blank lines stand before the header in many exports."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from functions.contract import Contract, folded

DELIMITERS = ",;\t|"
RARE_DELIMITERS = "^~:\x1f\x01 "
LINES_SEARCHED = 20
VALUE = re.compile(r"[+-]?[\d.,]*\d%?$|\d[\d.,:/T -]*\d(Z|\s*[ap]m)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Header:
    """The header of a CSV file: its names, the delimiter, and where in the text the rows begin."""

    names: list[str]
    delimiter: str
    end: int


def place(rows: Sequence[Sequence[str]], contract: Contract) -> int:
    """Which of the first rows is the header: the first that has the most of the contract's columns.

    Without a contract, the first that has the most names; a row with a number or a date in it is none.
    """
    expected = _expected(contract)
    matches = [len({folded(name) for name in row} & expected) if expected else _names(row) for row in rows]
    return matches.index(max(matches)) if matches else 0


def of_text(text: str, contract: Contract) -> Header:
    """The header that the beginning of a CSV file has, with the delimiter that finds the most expected columns."""
    layout = contract.layout
    if layout.delimiter:
        return _best(text, layout.delimiter, contract)[1]
    score, found = max(_tried(text, DELIMITERS, contract), key=_score)
    if contract.columns or score <= (1, 0):
        score, found = max([(score, found), *_tried(text, RARE_DELIMITERS, contract)], key=_score)
    return found


def _expected(contract: Contract) -> set[str]:
    return {folded(column.physical_name) for column in contract.columns}


def _names(row: Sequence[str]) -> int:
    filled = [name for name in row if name.strip()]
    return 0 if any(VALUE.match(name.strip()) for name in filled) else len(filled)


def _tried(text: str, delimiters: str, contract: Contract) -> list[tuple[tuple[int, int], Header]]:
    return [_best(text, delimiter, contract) for delimiter in delimiters]


def _score(tried: tuple[tuple[int, int], Header]) -> tuple[int, int]:
    return tried[0]


def _best(text: str, delimiter: str, contract: Contract) -> tuple[tuple[int, int], Header]:
    """The header by one delimiter, and how much speaks for it."""
    rows, ends = _rows(text, delimiter, contract)
    if not rows:
        return (-1, 0), Header([], delimiter, 0)
    at = place(rows, contract)
    expected = _expected(contract)
    score = len({folded(name) for name in rows[at]} & expected), 0
    if not expected:
        score = 1, _evenness(rows)
    return score, Header(_widened(rows[at], rows[at + 1 :]), delimiter, ends[at])


def _rows(text: str, delimiter: str, contract: Contract) -> tuple[list[list[str]], list[int]]:
    """The first rows that are not blank, and where in the text each ends."""
    lines = list(islice(io.StringIO(text, newline=""), 10 * LINES_SEARCHED))
    reader = csv.reader(lines, delimiter=delimiter, quotechar=contract.layout.quote, escapechar=contract.layout.escape)
    rows, ends = [], []
    try:
        for row in reader:
            if row:
                rows.append(row)
                ends.append(sum(len(line) for line in lines[: reader.line_num]))
            if len(rows) > LINES_SEARCHED:
                break
    except csv.Error:
        pass  # the rows up to there are enough to look at; the reader itself says what is wrong
    return rows, ends


def _widened(names: list[str], following: list[list[str]]) -> list[str]:
    """The names, and nameless columns where the rows below end with a delimiter and the header does not."""
    surplus = following[0][len(names) :] if following else []
    return names + ([""] * len(surplus) if not any(surplus) else [])


def _evenness(rows: list[list[str]]) -> int:
    """How many delimiters stand in rows that have the usual number of them."""
    widths = Counter(len(row) for row in rows)
    return max(count * (width - 1) for width, count in widths.items())
