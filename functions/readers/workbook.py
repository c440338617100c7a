"""XLSX: the first sheet, whose first row is the header."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from shutil import copyfileobj
from typing import IO, Any

import openpyxl
import pyarrow as pa
from openpyxl.utils.exceptions import InvalidFileException

from functions.contract import Contract
from functions.errors import PermanentError
from functions.readers.rows import ROWS_AT_ONCE, TextRows, from_records

MAX_UNPACKED_BYTES = 2_000_000_000
MEMORY_BYTES = 32 * 1024 * 1024


def read(stream: io.BufferedReader[Any], contract: Contract, name: str) -> Iterator[TextRows]:
    """The rows of the workbook's first sheet; raises PermanentError where it cannot be read.

    Rows without any value are passed over, but counted: a row's number is that of the sheet, less its header.
    """
    with tempfile.SpooledTemporaryFile(MEMORY_BYTES) as file:
        copyfileobj(stream, file)
        try:
            _check_size(file, name)
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            rows = book.worksheets[0].iter_rows(values_only=True)
            header = [_text(value) or "" for value in next(rows, ())]
            contract.check_columns(header, name)
            yield from _sheet_rows(header, rows)
        except (zipfile.BadZipFile, InvalidFileException, KeyError, IndexError, ValueError) as error:
            raise PermanentError(
                f"{name} is named as an Excel workbook, but cannot be read as one ({error}). "
                "Save it again as .xlsx and upload it."
            ) from error


def _check_size(file: IO[bytes], name: str) -> None:
    with zipfile.ZipFile(file) as archive:
        unpacked = sum(item.file_size for item in archive.infolist())
    if unpacked > MAX_UNPACKED_BYTES:
        raise PermanentError(
            f"{name} unpacks to {unpacked:,} bytes, more than {MAX_UNPACKED_BYTES:,}. Upload it as CSV."
        )


def _sheet_rows(header: list[str], rows: Iterator[tuple[Any, ...]]) -> Iterator[TextRows]:
    numbered = enumerate(rows, start=1)
    while chunk := list(islice(numbered, ROWS_AT_ONCE)):
        filled = [(number, row) for number, row in chunk if any(value is not None for value in row)]
        records = [dict(zip(header, map(_text, row), strict=False)) for _, row in filled]
        numbers = [number for number, _ in filled]
        yield TextRows(from_records(records, numbers), pa.array(numbers, pa.int64()))


def _text(value: Any) -> str | None:
    """A cell as text; Excel keeps 15 digits of a number, more would be noise of the binary fraction."""
    if value is None:
        return None
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, float):
        return format(Decimal(format(value, ".15g")), "f")
    return str(value)
