"""Objects within objects as rows: what lies deeper is named by its path, `customer.id`.

Where the contract says `lines: items`, each element of the list at that path is a row, together with what its order
says; its own columns are then `items.sku` and so on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from functions.contract import Contract, folded
from functions.readers.rows import BrokenRow, NumberedRow, Record

MAX_DEPTH = 64
MAX_UNFOLDED = 64 * 1024 * 1024  # characters of all the lines of one order


class Number(str):
    """A number of a file that tells numbers from text, always with a point."""

    __slots__ = ()


class Pairs(list[tuple[str, Any]]):
    """The members of a JSON object as they are written, repeated ones included."""


ALREADY_TEXT = frozenset((str, Number, type(None)))


@dataclass(frozen=True)
class Broken:
    """What is no row, and why."""

    text: str
    reason: str


class _BrokenError(Exception):
    """The object at hand cannot be a row; its message is the reason."""


def separators_of(contract: Contract) -> dict[str, str]:
    """The decimal separator of each column that has one of its own."""
    return {
        folded(column.physical_name): column.options["decimalSeparator"]
        for column in contract.columns
        if "decimalSeparator" in column.options
    }


def rows(items: Iterable[Any], contract: Contract, numbers: Iterator[int]) -> Iterator[NumberedRow | BrokenRow]:
    """The rows that elements of a file hold, with the next of the numbers."""
    separators = separators_of(contract)
    for item in items:
        for row in _of_one(item, contract.layout.lines, separators):
            if isinstance(row, Broken):
                yield BrokenRow(next(numbers), row.text, row.reason)
            else:
                yield NumberedRow(next(numbers), row)


def _of_one(item: Any, path: str | None, separators: dict[str, str]) -> Sequence[Record | Broken]:
    if isinstance(item, Broken):
        return [item]
    if not isinstance(item, Pairs):
        return [Broken(_as_text(item), "is not a JSON object")]
    if path is None and not separators and _is_record(record := dict(item), len(item)):
        return [record]
    try:
        return _unfolded(item, path, separators)
    except _BrokenError as broken:
        return [Broken(_as_text(item), str(broken))]


def _is_record(members: dict[str, Any], written: int) -> bool:
    """Whether nothing is to be done to an object with so many members written: so it is with most, and quickly told."""
    if len(members) < written or not ALREADY_TEXT.issuperset(map(type, members.values())):
        return False
    try:
        "".join([*members, *filter(None, members.values())]).encode()
    except UnicodeEncodeError:
        return False
    return True


def _unfolded(item: Pairs, path: str | None, separators: dict[str, str]) -> list[Record]:
    own: dict[str, Any] = {}
    _flatten(item, "", own, 1, path)
    if path is None:
        return [_texts(own, separators)]
    lines = own.pop(path, None)
    if not isinstance(lines, list) or isinstance(lines, Pairs) or not lines:
        raise _BrokenError(f"has no list of lines at {path!r}")
    order = _texts(own, separators)
    if sum(len(value) for value in order.values() if value) * len(lines) > MAX_UNFOLDED:
        raise _BrokenError(f"unfolds to more than {MAX_UNFOLDED:,} characters")
    return [{**order, **_line(line, path, separators)} for line in lines]


def _line(line: Any, path: str, separators: dict[str, str]) -> Record:
    if not isinstance(line, Pairs):
        raise _BrokenError(f"has a line at {path!r} that is not a JSON object")
    own: dict[str, Any] = {}
    _flatten(line, f"{path}.", own, 1, None)
    return _texts(own, separators)


def _flatten(item: Pairs, prefix: str, into: dict[str, Any], depth: int, lines: str | None) -> None:
    if depth > MAX_DEPTH:
        raise _BrokenError(f"is nested deeper than {MAX_DEPTH} levels")
    for key, value in item:
        name = encodable(prefix + key)
        if isinstance(value, Pairs) and value:
            _flatten(value, f"{name}.", into, depth + 1, lines)
            continue
        if name in into:
            raise _BrokenError(f"has {name!r} more than once")
        if isinstance(value, list) and name != lines:
            value = json.dumps(_plain(value, depth + 1), ensure_ascii=False)
        into[name] = value


def _texts(values: dict[str, Any], separators: dict[str, str]) -> Record:
    return {name: _text(value, separators.get(folded(name)) if separators else None) for name, value in values.items()}


def _text(value: Any, separator: str | None) -> str | None:
    """A value as text; a number with the separator that the contract has for its column."""
    if value is None:
        return None
    if isinstance(value, Number):
        return value.replace(".", separator) if separator else str(value)
    return str(value).lower() if isinstance(value, bool) else encodable(str(value))


def encodable(text: str) -> str:
    """The text, but a lone surrogate, which no encoding can hold, is written as its escape."""
    return text if text.isascii() else text.encode("utf-8", errors="backslashreplace").decode("utf-8")


def _plain(value: Any, depth: int = 1) -> Any:
    """A value as the JSON encoder takes it: objects as dictionaries, numbers as they were written."""
    if depth > MAX_DEPTH:
        raise _BrokenError(f"is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, Pairs):
        return {encodable(key): _plain(item, depth + 1) for key, item in value}
    if isinstance(value, list):
        return [_plain(item, depth + 1) for item in value]
    return encodable(value) if isinstance(value, str) else value


def _as_text(item: Any) -> str:
    """A broken element, to be shown."""
    try:
        return json.dumps(_plain(item), ensure_ascii=False)
    except _BrokenError as broken:
        return f"(an element that {broken})"
