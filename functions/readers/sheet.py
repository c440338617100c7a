"""The XML of an XLSX workbook, read row by row with bounds on everything that a file could blow up.

openpyxl knows what cells, styles and dates mean; how much of the file is in memory at a time is decided here.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from defusedxml.ElementTree import iterparse
from openpyxl.cell.text import Text
from openpyxl.packaging.manifest import Manifest
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._reader import FORMULA_TAG, ROW_TAG, WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

MAX_ROWS = 1_048_576  # of a sheet, by the format
MAX_COLUMN = 16_384
MAX_STRETCH = 4 * 1024 * 1024  # bytes of XML between the ends of two rows
MAX_PART_BYTES = 64 * 1024 * 1024  # of everything but the sheets: texts, styles, the list of sheets
TABLE_TAG = f"{{{SHEET_MAIN_NS}}}sheetData"
STRINGS_TAG = f"{{{SHEET_MAIN_NS}}}sst"
STRING_TAG = f"{{{SHEET_MAIN_NS}}}si"


class TooLargeError(Exception):
    """A part of the workbook is larger than is read here; the message is a sentence that says which and the limit."""


@dataclass(frozen=True)
class Sheet:
    """A sheet and where in the archive it is."""

    name: str
    path: str
    is_visible: bool


@dataclass(frozen=True)
class Cell:
    """A cell that has something in it; `problem` says why its value is not known."""

    name: str
    column: int
    value: Any
    problem: str | None = None


class Book:
    """A workbook, of which texts and styles are in memory and the sheets are not."""

    def __init__(self, file: IO[bytes]) -> None:
        """Open the workbook; raises TooLargeError, or what openpyxl raises where it is damaged."""
        archive = zipfile.ZipFile(file)
        for item in archive.infolist():
            if not item.filename.startswith(("xl/worksheets/", "xl/media/")) and item.file_size > MAX_PART_BYTES:
                raise TooLargeError(f"{item.filename} in it is larger than {MAX_PART_BYTES:,} bytes.")
        reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
        reader.read_manifest()
        reader.read_workbook()
        apply_stylesheet(reader.archive, reader.wb)
        self._archive = archive
        self._book = reader.wb
        self._strings = list(_strings(archive, reader.package))
        self.epoch = reader.wb.epoch
        self.sheets = [
            Sheet(sheet.name, part.target, sheet.state == "visible")
            for sheet, part in reader.parser.find_sheets()
            if "chartsheet" not in part.Type and part.target in reader.valid_files
        ]

    def rows(self, sheet: Sheet) -> Iterator[tuple[int, list[Cell]]]:
        """The rows of a sheet that are there, with their numbers; raises TooLargeError."""
        with self._archive.open(sheet.path) as source:
            limited = _Stretches(source, f"a row of sheet {sheet.name!r}")
            parser = _Parser(
                limited,
                self._strings,
                data_only=True,
                epoch=self.epoch,
                date_formats=self._book._date_formats,
                timedelta_formats=self._book._timedelta_formats,
            )
            last = 0
            for element in _elements(limited, TABLE_TAG, ROW_TAG):
                number, cells = parser.parse_row(element)
                if number <= last or number > MAX_ROWS:
                    raise ValueError(f"row {number:,} of sheet {sheet.name!r} follows row {last:,}")
                last = number
                yield number, [_cell(cell) for cell in cells]


class _Parser(WorkSheetParser):  # type: ignore[misc] # openpyxl has no types
    """Tells a formula without a stored result from an empty cell."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        has_result = cell["value"] is not None or element.get("t") == "str"
        if element.find(FORMULA_TAG) is not None and not has_result:
            cell["data_type"] = "f"
        return cell


def _cell(cell: dict[str, Any]) -> Cell:
    if cell["column"] > MAX_COLUMN:
        raise ValueError(f"a cell of row {cell['row']:,} is in column {cell['column']:,}")
    name = f"{get_column_letter(cell['column'])}{cell['row']}"
    match cell["data_type"]:
        case "f":
            return Cell(name, cell["column"], None, "a formula whose result was not saved")
        case "e":
            return Cell(name, cell["column"], None, f"the error {cell['value']}")
        case _:
            return Cell(name, cell["column"], cell["value"])


class _Stretches:
    """A file that refuses to give more than MAX_STRETCH bytes until told that a stretch has ended."""

    def __init__(self, source: IO[bytes], what: str) -> None:
        self._source = source
        self._what = what
        self._left = MAX_STRETCH

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise TooLargeError(f"{self._what} takes more than {MAX_STRETCH:,} bytes.")
        return data

    def end_stretch(self) -> None:
        self._left = MAX_STRETCH


def _elements(source: _Stretches, container: str, tag: str) -> Iterator[Any]:
    """The elements `tag` within `container`, each forgotten when the next is taken, until the container ends."""
    holder = None
    for event, element in iterparse(source, events=("start", "end")):
        if event == "start" and element.tag == container:
            holder = element
        elif event == "end" and element.tag == tag and holder is not None:
            yield element
            holder.clear()
            source.end_stretch()
        elif event == "end" and element.tag == container:
            return


def _strings(archive: zipfile.ZipFile, package: Manifest) -> Iterator[str]:
    """The texts that cells refer to by number."""
    part = package.find(SHARED_STRINGS)
    if part is None:
        return
    with archive.open(part.PartName[1:]) as source:
        for element in _elements(_Stretches(source, "a text"), STRINGS_TAG, STRING_TAG):
            yield Text.from_tree(element).content
