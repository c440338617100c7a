"""CSV: any of the usual delimiters, quoted line breaks, rows that do not fit the header."""

from __future__ import annotations

import csv as standard_csv
import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv

from functions.contract import Contract, folded
from functions.errors import PermanentError
from functions.readers.rows import BrokenRow, TextRows

BLOCK_BYTES = 4 * 1024 * 1024
DELIMITERS = ",;\t|"


def read(stream: io.BufferedReader[Any], contract: Contract, name: str) -> Iterator[TextRows]:
    """The rows of a CSV file with a header; raises PermanentError where it cannot be read."""
    encoding, delimiter, header, is_all = _look_at_header(stream, contract)
    contract.check_columns(header, name)
    if is_all:
        return
    broken: list[csv.InvalidRow] = []

    def keep_broken(row: csv.InvalidRow) -> str:
        broken.append(row)
        return "skip"

    try:
        reader = csv.open_csv(
            stream,
            csv.ReadOptions(use_threads=False, block_size=BLOCK_BYTES, encoding=encoding),
            csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=keep_broken),
            csv.ConvertOptions(column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False),
        )
        yield from _numbered(reader, broken)
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise PermanentError(f"{name} cannot be read as CSV: {_explained(str(error))}") from error


def _look_at_header(stream: io.BufferedReader[Any], contract: Contract) -> tuple[str, str, list[str], bool]:
    """The encoding, the delimiter that gives the most expected columns, the header, and whether nothing follows it."""
    head = stream.peek(1)
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    text = head.decode("utf-8-sig" if encoding == "utf-8" else encoding, errors="ignore").lstrip("\r\n")
    expected = {folded(column.physical_name) for column in contract.columns}
    headers = {delimiter: _split(text, delimiter) for delimiter in DELIMITERS}
    delimiter = max(headers, key=lambda item: len({folded(name) for name in headers[item]} & expected))
    return encoding, delimiter, headers[delimiter], not set("\r\n") & set(text)


def _split(text: str, delimiter: str) -> list[str]:
    return next(standard_csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])


def _numbered(reader: csv.CSVStreamingReader, broken: list[csv.InvalidRow]) -> Iterator[TextRows]:
    """Give each row its number: the reader skips broken rows, whose own numbers (the header is 1) it tells."""
    next_row = 1
    reported = 0
    for batch in reader:
        skipped = sorted(row.number - 1 for row in broken[reported:])
        numbers = _free_numbers(next_row, batch.num_rows, skipped)
        last = int(numbers[-1]) if len(numbers) else next_row - 1
        mine = [row for row in broken[reported:] if row.number - 1 <= last]
        reported += len(mine)
        next_row = last + 1
        yield TextRows(pa.Table.from_batches([batch]), pa.array(numbers), [_broken(row) for row in mine])
    if reported < len(broken):
        yield TextRows(
            reader.schema.empty_table(), pa.array([], pa.int64()), [_broken(row) for row in broken[reported:]]
        )


def _free_numbers(first: int, count: int, taken: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The first `count` numbers from `first` on that are not taken."""
    candidates = np.arange(first, first + count + len(taken), dtype=np.int64)
    return candidates[~np.isin(candidates, taken)][:count]


def _broken(row: csv.InvalidRow) -> BrokenRow:
    reason = f"has {row.actual_columns} columns where the header has {row.expected_columns}"
    return BrokenRow(row.number - 1, row.text, reason)


def _explained(message: str) -> str:
    if "UTF8" in message or "utf-8" in message or "codec" in message:
        return "it is not in UTF-8. Save it as 'CSV UTF-8' and upload it again."
    if "straddling" in message:
        return f"a row is longer than {BLOCK_BYTES:,} bytes; a quotation mark that is never closed is the usual cause."
    return f"{message}. Export it again and upload it."
