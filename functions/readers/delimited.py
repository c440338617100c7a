"""CSV: any delimiter, quoted line breaks, rows that do not fit the header."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv

from functions.contract import Contract, Layout
from functions.errors import PermanentError
from functions.readers import header
from functions.readers.header import Header
from functions.readers.pace import Paced
from functions.readers.rows import MAX_ROW_BYTES, ROWS_AT_ONCE, BrokenRow, TextRows, check_width
from functions.readers.text import BLOCK_BYTES, Text, as_utf8

NEVER_CLOSED = "a quotation mark in it is never closed"


def read(stream: io.BufferedReader[Any], contract: Contract, name: str) -> Iterator[TextRows]:
    """The rows of a CSV file with a header; raises PermanentError where it cannot be read."""
    text = as_utf8(stream, contract.layout.encoding, name)
    head = text.peek(BLOCK_BYTES).decode("utf-8", errors="ignore")
    found = header.of_text(head, contract)
    contract.check_columns(found.names, name)
    check_width(len(found.names), name)
    text.read(len(head[: found.end].encode()))
    if not text.peek(1):
        return
    broken: list[BrokenRow] = []
    paced = Paced(text)
    reader = _opened(paced, found, contract.layout, broken, name)
    if reader is not None:
        batches = _or_refused(paced.batches(reader), name)
        yield from _closed(_numbered(batches, reader.schema, broken), text, contract.layout.quote)


def _opened(
    text: Paced, found: Header, layout: Layout, broken: list[BrokenRow], name: str
) -> csv.CSVStreamingReader | None:
    """The rows after the header, None where there are none; those that do not fit go to `broken`."""

    def keep(row: csv.InvalidRow) -> str:
        broken.append(BrokenRow(row.number, row.text, _misfit(row, layout.quote)))
        return "skip"

    try:
        return csv.open_csv(
            text,
            csv.ReadOptions(use_threads=False, block_size=MAX_ROW_BYTES, column_names=found.names),
            csv.ParseOptions(
                delimiter=found.delimiter,
                quote_char=layout.quote,
                escape_char=layout.escape or False,
                newlines_in_values=True,
                invalid_row_handler=keep,
            ),
            csv.ConvertOptions(column_types=dict.fromkeys(found.names, pa.string()), strings_can_be_null=False),
        )
    except pa.ArrowInvalid as error:
        if "Empty CSV file" in str(error):
            return None
        raise _refusal(name, 0, error) from error


def _misfit(row: csv.InvalidRow, quote: str) -> str:
    shape = f"has {row.actual_columns} columns where the header has {row.expected_columns}"
    is_open = row.text.count(quote) % 2 == 1
    return f"{shape}; {NEVER_CLOSED}" if is_open else shape


def _closed(chunks: Iterator[TextRows], text: Text, quote: str) -> Iterator[TextRows]:
    """The same chunks, but for a last row whose quotation never ends: it has swallowed what follows in the file."""
    last: TextRows | None = None
    for chunk in chunks:
        if last is not None:
            yield last
        last = chunk
    if last is not None:
        yield _without_last(last) if last.table.num_rows and _is_open(last.table, text.tail, quote) else last


def _is_open(table: pa.Table, tail: str, quote: str) -> bool:
    """Whether the file ends inside a quotation, as the last value of its last row and its last characters show."""
    value = table.column(table.num_columns - 1)[-1].as_py()
    tail = tail.rstrip("\r\n")
    if tail.endswith(quote):
        if not value:
            return False
        written, meant = _count_at_end(tail, quote), _count_at_end(value, quote)
        closed = 2 * meant + (2 if meant == len(value) else 1)
        return written not in (closed, meant)
    return set("\r\n") & set(value) != set() or tail[: -len(value) or None].endswith(quote)


def _count_at_end(text: str, quote: str) -> int:
    return len(text) - len(text.rstrip(quote))


def _without_last(rows: TextRows) -> TextRows:
    values = rows.table.slice(rows.table.num_rows - 1).to_pylist()[0].values()
    broken = BrokenRow(
        rows.source_rows[-1].as_py(), " ".join(values), f"is where {NEVER_CLOSED}, so it holds what follows"
    )
    return TextRows(rows.table.slice(0, rows.table.num_rows - 1), rows.source_rows[:-1], [*rows.broken, broken])


def _numbered(batches: Iterator[pa.RecordBatch], schema: pa.Schema, broken: list[BrokenRow]) -> Iterator[TextRows]:
    """Give each row its number: the reader skips broken rows, whose own numbers it tells, and reads ahead."""
    last = 0
    for batch in batches:
        numbers = _free_numbers(last + 1, batch.num_rows, [row.source_row for row in broken])
        last = int(numbers[-1]) if len(numbers) else last
        mine = sum(row.source_row <= last for row in broken)
        yield TextRows(pa.Table.from_batches([batch]), pa.array(numbers), broken[:mine])
        del broken[:mine]
    nothing = TextRows(schema.empty_table(), pa.array([], pa.int64()))
    for first in range(0, len(broken), ROWS_AT_ONCE):
        yield TextRows(nothing.table, nothing.source_rows, broken[first : first + ROWS_AT_ONCE])


def _or_refused(batches: Iterator[pa.RecordBatch], name: str) -> Iterator[pa.RecordBatch]:
    rows = 0
    try:
        for batch in batches:
            rows += batch.num_rows
            yield batch
    except pa.ArrowInvalid as error:
        raise _refusal(name, rows, error) from error


def _free_numbers(first: int, count: int, taken: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The first `count` numbers from `first` on that are not taken."""
    candidates = np.arange(first, first + count + len(taken), dtype=np.int64)
    return candidates[~np.isin(candidates, taken)][:count]


def _refusal(name: str, rows: int, error: pa.ArrowInvalid) -> PermanentError:
    what = f"{error}. Export it again and upload it."
    if "straddling" in str(error):
        what = (
            f"a row is longer than {MAX_ROW_BYTES:,} bytes; a quotation mark that is never closed is the usual cause."
        )
    return PermanentError(f"{name} cannot be read as CSV, after {rows:,} rows that can: {what}")
