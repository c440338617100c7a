"""Where a table begins: titles, `sep=;` and blank lines stand before the header in many exports."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from functions.contract import Contract, folded

DELIMITERS = ",;\t|"
RARE_DELIMITERS = "^~:\x1f\x01 "
LINES_SEARCHED = 20


@dataclass(frozen=True)
class Header:
    """The header of a CSV file: its names, the delimiter, and where in the text the rows begin."""

    names: list[str]
    delimiter: str
    end: int


def place(rows: Sequence[Sequence[str]], contract: Contract) -> int:
    """Which of the first rows is the header: the first that has the most of the contract's columns."""
    expected = {folded(column.physical_name) for column in contract.columns}
    matches = [len({folded(name) for name in row} & expected) for row in rows]
    return matches.index(max(matches)) if matches else 0


def of_text(text: str, contract: Contract) -> Header:
    """The header that the beginning of a CSV file has, with the delimiter that finds the most expected columns."""
    layout = contract.layout
    candidates = (
        [layout.delimiter] if layout.delimiter else [*DELIMITERS, *(RARE_DELIMITERS if contract.columns else "")]
    )
    expected = {folded(column.physical_name) for column in contract.columns}
    best, best_score = Header([], ",", 0), (-1, -1)
    for delimiter in candidates:
        rows, ends = _rows(text, delimiter, contract)
        at = place(rows, contract)
        names = rows[at] if rows else []
        score = len({folded(name) for name in names} & expected), _evenness(rows) if not expected else 0
        if score > best_score:
            best, best_score = Header(_widened(names, rows[at + 1 :]), delimiter, ends[at] if ends else 0), score
    return best


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
    """How many columns the rows have, if all of them have as many."""
    widths = {len(row) for row in rows[:-1] or rows}
    return widths.pop() if len(widths) == 1 else 0
