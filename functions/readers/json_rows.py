"""JSON: an array of objects, or an object a line (NDJSON)."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

import ijson
import pyarrow as pa

from functions.contract import Contract
from functions.errors import PermanentError
from functions.readers.rows import ROWS_AT_ONCE, BrokenRow, TextRows, from_records

MAX_LINE_BYTES = 4 * 1024 * 1024


def read_array(stream: io.BufferedReader[Any], contract: Contract, name: str) -> Iterator[TextRows]:
    """The objects of a JSON array; raises PermanentError where the file is not one."""
    start = stream.peek(1).lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.startswith(b"["):
        raise PermanentError(
            f"{name} is named as a JSON file, but it is not an array of objects: it does not begin with '['. "
            "A file with one object a line is named .ndjson."
        )
    items = enumerate(ijson.items(_without_mark(stream), "item", use_float=False), start=1)
    try:
        yield from _checked((_rows(chunk) for chunk in _chunks(items)), contract, name)
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise PermanentError(f"{name} is not valid JSON: {error}. Export it again and upload it.") from error


def read_lines(stream: io.BufferedReader[Any], contract: Contract, name: str) -> Iterator[TextRows]:
    """The objects of an NDJSON file; a line that is not JSON is a broken row, blank lines are passed over.

    Raises PermanentError where the first line is no object.
    """
    start = stream.peek(1).lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.startswith(b"{"):
        raise PermanentError(
            f"{name} is named as NDJSON, an object a line, but its first line does not begin with '{{'."
        )
    lines = enumerate((line for line in _lines(_without_mark(stream), name) if line.strip()), start=1)
    parsed = ((number, _parsed(line)) for number, line in lines)
    yield from _checked((_rows(chunk) for chunk in _chunks(parsed)), contract, name)


def _chunks(items: Iterator[tuple[int, Any]]) -> Iterator[list[tuple[int, Any]]]:
    while chunk := list(islice(items, ROWS_AT_ONCE)):
        yield chunk


def _checked(chunks: Iterator[TextRows], contract: Contract, name: str) -> Iterator[TextRows]:
    """The same chunks; a first one without a required column in any of its rows is not a file of this source."""
    for number, rows in enumerate(chunks):
        if number == 0:
            contract.check_columns(rows.table.column_names, name)
        yield rows


def _lines(stream: io.BufferedReader[Any], name: str) -> Iterator[bytes]:
    while line := stream.readline(MAX_LINE_BYTES):
        if len(line) == MAX_LINE_BYTES:
            raise PermanentError(f"{name} has a line longer than {MAX_LINE_BYTES:,} bytes. Put an object on each.")
        yield line


def _without_mark(stream: io.BufferedReader[Any]) -> io.BufferedReader[Any]:
    if stream.peek(3).startswith(b"\xef\xbb\xbf"):
        stream.read(3)
    return stream


def _parsed(line: bytes) -> Any:
    """The line's value, its numbers as the text they were written in; a line that is not JSON as itself."""
    try:
        return json.loads(line, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        return line


def _rows(items: list[tuple[int, Any]]) -> TextRows:
    records = [(number, item) for number, item in items if isinstance(item, dict)]
    broken = [_broken(number, item) for number, item in items if not isinstance(item, dict)]
    numbers = [number for number, _ in records]
    texts = [{key: _text(value) for key, value in record.items()} for _, record in records]
    return TextRows(from_records(texts, numbers), pa.array(numbers, pa.int64()), broken)


def _broken(number: int, item: Any) -> BrokenRow:
    if isinstance(item, bytes):
        return BrokenRow(number, item.decode("utf-8", errors="backslashreplace").rstrip(), "is not valid JSON")
    return BrokenRow(number, json.dumps(item, default=str), "is not a JSON object")


def _text(value: Any) -> str | None:
    """A JSON value as text; a lone surrogate, which no encoding can hold, is written as its escape."""
    if value is None:
        return None
    if isinstance(value, (dict, list)):
        return json.dumps(value, default=str)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text.encode("utf-8", errors="backslashreplace").decode("utf-8")
