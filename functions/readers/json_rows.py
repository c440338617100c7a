"""JSON: an array of objects, or an object a line (NDJSON), of which each may hold several rows.

The standard library's decoder reads one object at a time from a window of the file that is never larger than a row may
be. Numbers stay the text that they were written as. Lines that are all alike are read as whole columns.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from itertools import count, islice
from typing import Any

import pyarrow as pa

from functions.contract import Contract
from functions.errors import PermanentError
from functions.readers import json_columns, nested
from functions.readers.nested import Number, Pairs
from functions.readers.rows import MAX_ROW_BYTES, TextRows, checked, in_chunks
from functions.readers.text import as_utf8

SPACE = " \t\r\n"
STEP = 256 * 1024
DECODER = json.JSONDecoder(
    object_pairs_hook=Pairs, parse_float=Number, parse_int=Number, parse_constant=Number, strict=False
)
TOO_DEEP = f"is nested deeper than {nested.MAX_DEPTH} levels"


def read_array(stream: io.BufferedReader[Any], contract: Contract, name: str) -> Iterator[TextRows]:
    """The objects of a JSON array; raises PermanentError where the file is not one."""
    text = as_utf8(stream, contract.layout.encoding, name)
    window = _Window(io.TextIOWrapper(text, encoding="utf-8", newline=""), name)
    if window.take() != "[":
        raise PermanentError(
            f"{name} is named as a JSON file, but it is not an array of objects: it does not begin with '['. "
            "A file with one object a line is named .ndjson."
        )
    rows = nested.rows(_items(window), contract, count(1))
    yield from checked(in_chunks(rows, name), contract, name)


def read_lines(stream: io.BufferedReader[Any], contract: Contract, name: str) -> Iterator[TextRows]:
    """The objects of an NDJSON file; a line that is not JSON is a broken row, blank lines are passed over.

    Raises PermanentError where the first line is no object.
    """
    text = as_utf8(stream, contract.layout.encoding, name)
    if not text.peek(1).lstrip().startswith(b"{"):
        raise PermanentError(
            f"{name} is named as NDJSON, an object a line, but its first line does not begin with '{{'."
        )
    yield from checked(_tables(_blocks(text, name), contract, name), contract, name)


def _tables(blocks: Iterator[bytes], contract: Contract, name: str) -> Iterator[TextRows]:
    """The rows of blocks of lines: as whole columns where the lines allow it, else one at a time."""
    numbers = count(1)
    may_be_alike = contract.layout.lines is None and not nested.separators_of(contract)
    for block in blocks:
        table = _columns(block) if may_be_alike else None
        if table is None:
            items = (_parsed(line) for line in block.split(b"\n") if line.strip())
            yield from in_chunks(nested.rows(items, contract, numbers), name)
        else:
            yield TextRows(table, pa.array(islice(numbers, table.num_rows), pa.int64()))


def _columns(block: bytes) -> pa.Table | None:
    lines = block.strip()
    first = _parsed(lines.partition(b"\n")[0])
    return json_columns.table(lines, [key for key, _ in first]) if isinstance(first, Pairs) else None


def _blocks(stream: io.BufferedReader[Any], name: str) -> Iterator[bytes]:
    """Lines, as many at a time as one alone may be long; raises PermanentError at one that is longer."""
    text, lines = b"", 0
    while len(text := text + stream.read(MAX_ROW_BYTES + 1 - len(text))) > MAX_ROW_BYTES:
        block, line_end, text = text.rpartition(b"\n")
        if not line_end:
            raise PermanentError(
                f"{name} has a line longer than {MAX_ROW_BYTES:,} bytes, line {lines + 1:,}. Put an object on each."
            )
        lines += block.count(b"\n") + 1
        yield block
    yield text


def _parsed(line: bytes) -> Any:
    """The line's value; a line that is not JSON as what is wrong with it."""
    text = line.decode().strip()
    try:
        return DECODER.decode(text)
    except json.JSONDecodeError:
        return nested.Broken(text, "is not valid JSON")
    except RecursionError:
        return nested.Broken(text, TOO_DEEP)


class _Window:
    """A text file, of which a stretch is in memory."""

    def __init__(self, stream: io.TextIOWrapper, name: str) -> None:
        self._stream = stream
        self._name = name
        self._text = ""
        self._at = 0
        self._ended = False

    def peek(self) -> str:
        """The next character that is not white space; empty at the end of the file."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in SPACE:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more(STEP):
                return ""

    def take(self) -> str:
        """The same character, and go on behind it."""
        character = self.peek()
        self._at += len(character)
        return character

    def value(self, number: int) -> Any:
        """Take the next value, the `number`th of the file; raises PermanentError where there is none."""
        size = STEP
        while True:
            try:
                value, end = DECODER.raw_decode(self._text, self._at)
            except RecursionError as error:
                raise self.refusal(number, TOO_DEEP) from error
            except json.JSONDecodeError as error:
                if len(self._text) - self._at > MAX_ROW_BYTES:
                    reason = f"is longer than {MAX_ROW_BYTES:,} characters, or not valid JSON ({error.msg})"
                    raise self.refusal(number, reason) from error
                if not self._more(size):
                    raise self.refusal(number, f"is not valid JSON ({error.msg})") from error
                size *= 2
                continue
            if end == len(self._text) and self._more(STEP):
                continue  # a number may go on in what was not read yet
            self._at = end
            return value

    def _more(self, size: int) -> bool:
        added = "" if self._ended else self._stream.read(size)
        self._ended = not added
        self._text = self._text[self._at :] + added
        self._at = 0
        return bool(added)

    def refusal(self, number: int, reason: str) -> PermanentError:
        """What to say of the `number`th element of the array."""
        return PermanentError(
            f"{self._name} is not valid JSON as it has to be: element {number:,} of the array {reason}. "
            "Export it again and upload it."
        )


def _items(window: _Window) -> Iterator[Any]:
    """The elements of the array whose bracket has just been taken."""
    if window.peek() == "]":
        window.take()
        return _check_end(window, 0)
    for number in count(1):
        if window.peek() == "":
            raise window.refusal(number, "is missing: the file ends before the array does")
        yield window.value(number)
        match window.take():
            case ",":
                continue
            case "]":
                return _check_end(window, number)
            case other:
                raise window.refusal(number, f"is followed by {other!r}" if other else "is the last: no ']' follows")


def _check_end(window: _Window, number: int) -> None:
    if (surplus := window.peek()) != "":
        raise window.refusal(number, f"is the last, but {surplus!r} follows the array")
