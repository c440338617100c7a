"""XLSX: one sheet of a workbook, with the values of its cells. Hidden rows are rows; formulas are their last result."""

from __future__ import annotations

import io
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from shutil import copyfileobj
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from openpyxl.utils.datetime import from_excel
from openpyxl.utils.exceptions import InvalidFileException

from functions.contract import Contract, folded
from functions.errors import PermanentError
from functions.readers import header
from functions.readers.rows import BrokenRow, NumberedRow, Record, TextRows, check_width, in_chunks
from functions.readers.sheet import Book, Cell, Sheet, TooLargeError

MAX_FILE_BYTES = 256 * 1024 * 1024
MAX_UNPACKED_BYTES = 2_000_000_000
MEMORY_BYTES = 32 * 1024 * 1024
PACKED_BY = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
DAMAGED = (
    zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, IndexError, ValueError, TypeError, AttributeError,
    EOFError, NotImplementedError, OverflowError, RuntimeError, struct.error, zlib.error,
)  # fmt: skip


def read(stream: io.BufferedReader[Any], contract: Contract, name: str) -> Iterator[TextRows]:
    """The rows of a workbook; raises PermanentError where it cannot be read.

    Rows without any value are passed over, but counted: a row's number is that of the sheet, less those to the header.
    """
    with tempfile.SpooledTemporaryFile(MEMORY_BYTES) as file:
        copyfileobj(stream, file)
        if file.tell() > MAX_FILE_BYTES:
            raise PermanentError(f"{name} is larger than {MAX_FILE_BYTES:,} bytes. Upload it as CSV or Parquet.")
        try:
            _check_size(file, name)
            book = Book(file)
            yield from in_chunks(_rows(book, _chosen(book, contract, name), contract, name), name)
        except (TooLargeError, DefusedXmlException) as error:
            raise PermanentError(f"{name} is not read: {_told(error)} Upload it as CSV.") from error
        except DAMAGED as error:
            raise PermanentError(
                f"{name} is named as an Excel workbook, but cannot be read as one ({error}). "
                "Save it again as .xlsx and upload it."
            ) from error


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, TooLargeError) else "its XML declares entities, which no workbook needs."


def _check_size(file: IO[bytes], name: str) -> None:
    with zipfile.ZipFile(file) as archive:
        unpacked = sum(item.file_size for item in archive.infolist())
        if any(item.compress_type not in PACKED_BY for item in archive.infolist()):
            raise zipfile.BadZipFile("a part of it is packed as none of a workbook is")
    if unpacked > MAX_UNPACKED_BYTES:
        raise PermanentError(
            f"{name} unpacks to {unpacked:,} bytes, more than {MAX_UNPACKED_BYTES:,}. Upload it as CSV."
        )


def _chosen(book: Book, contract: Contract, name: str) -> Sheet:
    """The sheet that the contract names, else the only visible one that has this source's columns, else the widest."""
    wanted = contract.layout.sheet
    if wanted is not None:
        named = [sheet for sheet in book.sheets if folded(sheet.name) == folded(wanted)]
        if not named:
            there = ", ".join(repr(sheet.name) for sheet in book.sheets)
            raise PermanentError(f"{name} has no sheet {wanted!r}, which its contract names. Its sheets are: {there}.")
        return named[0]
    visible = [sheet for sheet in book.sheets if sheet.is_visible] or book.sheets
    if not visible:
        raise PermanentError(f"{name} has no sheets. Save it again as .xlsx and upload it.")
    fitting = [
        sheet for sheet in visible if contract.columns and not contract.missing(_header(book, sheet, contract)[1])
    ]
    if len(fitting) > 1:
        names = ", ".join(repr(sheet.name) for sheet in fitting)
        raise PermanentError(
            f"{name} has several sheets with the columns of source {contract.source!r}: {names}. "
            "Name the one that counts as `sheet` in the contract, or hide the others."
        )
    return fitting[0] if fitting else max(visible, key=lambda sheet: len(_header(book, sheet, contract)[1]))


def _header(book: Book, sheet: Sheet, contract: Contract) -> tuple[int, list[str]]:
    """The number of the header's row in the sheet, and its names."""
    rows = list(islice(book.rows(sheet), header.LINES_SEARCHED))
    filled = [(number, _names(cells)) for number, cells in rows if any(cell.value is not None for cell in cells)]
    if not filled:
        return 0, []
    return filled[header.place([names for _, names in filled], contract)]


def _names(cells: list[Cell]) -> list[str]:
    names = [""] * max((cell.column for cell in cells), default=0)
    for cell in cells:
        names[cell.column - 1] = _text(cell.value) or ""
    return names


def _rows(book: Book, sheet: Sheet, contract: Contract, name: str) -> Iterator[NumberedRow | BrokenRow]:
    first, names = _header(book, sheet, contract)
    contract.check_columns(names, name)
    check_width(len(names), name)
    readings = {folded(column.physical_name): column for column in contract.columns}
    columns = [readings.get(folded(column)) for column in names]
    for number, cells in book.rows(sheet):
        filled = [cell for cell in cells if cell.value is not None or cell.problem]
        if number <= first or not filled:
            continue
        problem = next((f"has {cell.problem} in cell {cell.name}" for cell in filled if cell.problem), None)
        record: Record = dict.fromkeys(names)
        for cell in filled:
            if cell.column > len(names):
                continue
            column = columns[cell.column - 1]
            kind = column.logical_type if column else "string"
            value = _moment(cell.value, book) if kind in ("timestamp", "date") else cell.value
            record[names[cell.column - 1]] = _text(value, column.options.get("decimalSeparator") if column else None)
        if problem:
            shown = "; ".join(value for value in record.values() if value)
            yield BrokenRow(number - first, shown, problem)
        else:
            yield NumberedRow(number - first, record)


def _moment(value: Any, book: Book) -> Any:
    """A serial number, in a column of dates, as the date that it stands for."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    try:
        return from_excel(value, book.epoch)
    except (OverflowError, ValueError):
        return value


def _text(value: Any, separator: str | None = None) -> str | None:
    """A cell as text; Excel keeps 15 digits of a number, more would be noise of the binary fraction."""
    if value is None:
        return None
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        plain = format(Decimal(format(value, ".15g")), "f")
        return plain.replace(".", separator) if separator else plain
    return str(value)
