"""XLSX as Excel and its imitators write it, some of it by hand at the level of its XML."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import partial
from typing import Any

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.worksheet.worksheet import Worksheet

from tests.functions.corpus.case import HEADER, NOON, Case, sold

SHEET = "xl/worksheets/sheet1.xml"
NAMES = HEADER.split(",")
ROW: list[Any] = ["A1", NOON.replace(tzinfo=None), "P1", 2, 9.5, None]


def book(
    *rows: list[Any], change: Callable[[Worksheet], object] | None = None, titles: tuple[str, ...] = ("Sales",)
) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title in titles:
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
        if change:
            change(sheet)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def rewritten(data: bytes, **parts: Callable[[str], str]) -> bytes:
    """A workbook with some of its parts changed as text; `sheet` is the first sheet."""
    paths = {"sheet": SHEET, "strings": "xl/sharedStrings.xml", "book": "xl/workbook.xml"}
    changes = {paths[name]: change for name, change in parts.items()}
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, changes[name](text.decode()) if name in changes else text)
    return file.getvalue()


def part(data: bytes, path: str) -> bytes:
    """A part of a workbook, as it is in the archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(path)


def is_whole(data: bytes) -> bool:
    """Whether it is an archive with a first sheet that can be unpacked."""
    try:
        part(data, SHEET)
    except (zipfile.BadZipFile, zlib.error, KeyError):
        return False
    return True


def table(label: str, *rows: dict[str, Any], cells: list[Any] | None = None, **more: Any) -> Case:
    """A header and one row of cells."""
    return Case(label, book(NAMES, cells or ROW), list(rows), "shop.xlsx", **more)


def made(label: str, data: bytes | Callable[[], bytes], *rows: dict[str, Any], **more: Any) -> Case:
    return Case(label, data, list(rows), "shop.xlsx", **more)


def cell(place: str, xml: str) -> Callable[[str], str]:
    """Replace a cell by other XML."""
    return lambda text: re.sub(rf'<c r="{place}".*?(</c>|/>)', xml, text, count=1)


def replaced(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)


FILE = book(NAMES, ROW)
DAY = datetime(2026, 1, 31, tzinfo=UTC)

VALUES = [
    table("types of their own", sold()),
    table("everything text", sold(), cells=["A1", "2026-01-31T10:30:00Z", "P1", "2", "9.5", ""]),
    table("day", sold(sale_timestamp=DAY), cells=["A1", date(2026, 1, 31), *ROW[2:]]),
    table("date as its serial number", sold(), cells=["A1", 46053.4375, *ROW[2:]]),
    table("day as its serial number", sold(sale_timestamp=DAY), cells=["A1", 46053, *ROW[2:]]),
    table("serial number in a column of texts", sold(description="46053"), cells=[*ROW[:5], 46053]),
    table("serial number beyond the calendar", cells=["A1", 1e12, *ROW[2:]], rejected={1: "is not a date and time"}),
    table("time of day alone", cells=["A1", time(10, 30), *ROW[2:]], rejected={1: "is not a date and time"}),
    table("noise of the binary fraction", sold(unit_price=Decimal("0.3")), cells=[*ROW[:4], 0.1 + 0.2, None]),
    table("number where text belongs", sold(order_id="536365"), cells=[536365, *ROW[1:]]),
    table("text with leading zeros", sold(order_id="00123"), cells=["00123", *ROW[1:]]),
    table("large number as text", sold(order_id="5901234123457"), cells=[5901234123457.0, *ROW[1:]]),
    table("boolean", sold(description="true"), cells=[*ROW[:5], True]),
    table("line break in a cell", sold(description="a\nb"), cells=[*ROW[:5], "a\nb"]),
    table("emoji", sold(description="🌱"), cells=[*ROW[:5], "🌱"]),
    table("rich text", sold(description="bold plain"), cells=[*ROW[:5], CellRichText(TextBlock(InlineFont(b=True), "bold"), " plain")]),
    table("quantity with a fraction", cells=[*ROW[:3], 2.5, 9.5, None], rejected={1: "'2.5' is not a whole number"}),
    table(
        "number where the contract has a decimal comma",
        sold(), columns={"price": {"custom": {"decimalSeparator": ",", "thousandsSeparator": "."}}},
    ),
    table("date of its own where the contract has a format", sold(), columns={"date": {"logicalTypeOptions": {"format": "dd.MM.yyyy"}}}),
    made("dates since 1904", rewritten(FILE, book=replaced("<workbookPr ", '<workbookPr date1904="1" ')), sold(sale_timestamp=NOON.replace(year=2030, month=2, day=1))),
    made("formula with its result", rewritten(FILE, sheet=cell("D2", '<c r="D2"><f>1+1</f><v>2</v></c>')), sold()),
    made("formula with a text as its result", rewritten(FILE, sheet=replaced("</row></sheetData>", '<c r="F2" t="str"><f>"a"</f><v>a</v></c></row></sheetData>')), sold(description="a")),
    made("formula never calculated", book(NAMES, [*ROW[:3], "=1+1", *ROW[4:]]), rejected={1: "a formula whose result was not saved in cell D2"}),
    made("cell with an error", rewritten(FILE, sheet=cell("D2", '<c r="D2" t="e"><v>#DIV/0!</v></c>')), rejected={1: "the error #DIV/0! in cell D2"}),
    made("text written into the cell", rewritten(FILE, sheet=cell("C2", '<c r="C2" t="inlineStr"><is><t>P1</t></is></c>')), sold()),
    made("date as ISO 8601", rewritten(FILE, sheet=cell("B2", '<c r="B2" t="d"><v>2026-01-31T10:30:00</v></c>')), sold()),
]  # fmt: skip


def hide(sheet: Worksheet) -> None:
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["C"].hidden = True


def title(sheet: Worksheet) -> None:
    sheet.merge_cells("A1:F1")


def shipping(sheet: Worksheet) -> None:
    sheet["G1"] = "Shipping"
    sheet.merge_cells("G1:H1")
    sheet["G2"], sheet["H2"] = "x", "y"


def beside(sheet: Worksheet) -> None:
    sheet["K2"] = "see Anna"


def with_cover() -> bytes:
    """A workbook whose first sheet is no table."""
    made = openpyxl.Workbook()
    made.active.append(["Monthly report", None, "by Anna"])
    sheet = made.create_sheet("Data")
    for row in (NAMES, ROW):
        sheet.append(row)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def hidden_second(data: bytes) -> bytes:
    return rewritten(data, book=replaced('sheetId="2" state="visible"', 'sheetId="2" state="hidden"'))


OTHER = book(NAMES, ROW, titles=("Sales", "Old"))
SHEETS = [
    made("hidden row and column are there", book(NAMES, ROW, change=hide), sold()),
    made("title in merged cells above the header", book(["Sales of January"], [], NAMES, ROW, change=title), sold()),
    made("header cells that are merged", book(NAMES, ROW, change=shipping), sold()),
    made("note beside the table", book(NAMES, ROW, change=beside), sold()),
    made("header in capitals with spaces", book([f" {name.upper()} " for name in NAMES], ROW), sold()),
    made("empty rows between", book(NAMES, ROW, [], [], ROW), sold(), sold()),
    made("empty row first", book([], NAMES, ROW), sold()),
    made("header alone", book(NAMES)),
    made("several sheets of which one fits", with_cover(), sold()),
    made("sheet named by the contract", OTHER, sold(), schema={"sheet": "old"}),
    made("sheet that is hidden does not compete", hidden_second(OTHER), sold()),
    made("several sheets that fit", OTHER, refused="several sheets with the columns of source 'shop': 'Sales', 'Old'"),
    made("sheet named by the contract is missing", FILE, refused="no sheet 'May', which its contract names", schema={"sheet": "May"}),
    made("without a required column", book(["order", "date"], ROW), refused="lacks 3 of the columns"),
    made("with a column twice", book([*NAMES, "qty"], ROW), refused="'qty' more than once"),
    made("empty sheet", book(), refused="The columns found are: none"),
    made("says that it is larger than it is", rewritten(FILE, sheet=lambda text: re.sub('ref="A1:[^"]*"', 'ref="A1:XFD1048576"', text)), sold()),
    made("says nothing of its size", rewritten(FILE, sheet=lambda text: re.sub("<dimension[^>]*>", "", text)), sold()),
    made("cells without their names", rewritten(FILE, sheet=lambda text: re.sub(r' r="[A-Z]+\d+"', "", text)), sold()),
    made("last possible row filled", rewritten(FILE, sheet=replaced('r="2"', 'r="1048576"')), sold()),
    made("texts apart from their cells", lambda: with_texts_apart(), sold(description="rich text")),
    made("rows by the thousand", lambda: book(NAMES, *[ROW] * 3000), *[sold()] * 3000),
]  # fmt: skip


def with_texts_apart() -> bytes:
    """The workbook with a note among its shared texts, as Excel itself writes all of them."""
    data = rewritten(FILE, sheet=replaced("</row></sheetData>", '<c r="F2" t="s"><v>1</v></c></row></sheetData>'))
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            kind = '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
            text = old.read(name)
            new.writestr(name, text.replace(b"</Types>", kind.encode()) if name == "[Content_Types].xml" else text)
        strings = "<si><t>unused</t></si><si><r><t>rich </t></r><r><t>text</t></r></si>"
        space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        new.writestr("xl/sharedStrings.xml", f'<sst xmlns="{space}">{strings}</sst>')
    return file.getvalue()


def bomb(path: str, size: int) -> bytes:
    """The workbook with a part that unpacks to so many bytes."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(FILE)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            if name != path:
                new.writestr(name, old.read(name))
        with new.open(path, "w", force_zip64=True) as part:
            start = "<?xml version='1.0'?><x xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData><row r='1'>"
            part.write(start.encode())
            for _ in range(size // 1_000_000):
                part.write(b"<c/>" * 250_000)
    return file.getvalue()


def packed_wrongly(data: bytes) -> bytes:
    """The workbook with a part whose packed bytes are none."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        item = archive.getinfo(SHEET)
    at = item.header_offset + 30 + len(SHEET)
    return data[:at] + b"\xff" * 8 + data[at + 8 :]


def packed_by(method: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(FILE)) as old, zipfile.ZipFile(file, "w", method) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return file.getvalue()


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet'
DAMAGED = [
    made("row that unpacks without end", partial(bomb, SHEET, 6_000_000), refused="a row of sheet 'Sales' takes more than 4,194,304"),
    made("texts that unpack without end", partial(bomb, "xl/sharedStrings.xml", 70_000_000), refused="xl/sharedStrings.xml in it is larger than 67,108,864"),
    made("billion laughs", rewritten(FILE, sheet=replaced("<worksheet", LAUGHS)), refused="its XML declares entities"),
    made("entity from outside", rewritten(FILE, sheet=replaced("<worksheet", OUTSIDE)), refused="its XML declares entities"),
    made("cut in the middle", FILE[:2000], refused="cannot be read as one"),
    made("beginning alone", b"PK\x03\x04", refused="cannot be read as one"),
    made("packed bytes that are none", packed_wrongly(FILE), refused="cannot be read as one (Error -3 while decompressing"),
    made("packed as no workbook is", packed_by(zipfile.ZIP_BZIP2), refused="a part of it is packed as none of a workbook is"),
    made("broken XML", rewritten(FILE, sheet=replaced("</row>", "")), refused="cannot be read as one"),
    made("text that is not there", rewritten(FILE, sheet=cell("C2", '<c r="C2" t="s"><v>999</v></c>')), refused="cannot be read as one"),
    made("rows out of order", rewritten(book(NAMES, ROW, ROW), sheet=replaced('<row r="3"', '<row r="2"')), refused="row 2 of sheet 'Sales' follows row 2"),
    made("row beyond the last", rewritten(FILE, sheet=replaced('r="2"', 'r="1048577"')), refused="row 1,048,577 of sheet"),
    made("number that is none", rewritten(FILE, sheet=cell("D2", '<c r="D2"><v>two</v></c>')), refused="cannot be read as one"),
]  # fmt: skip

CASES = [*VALUES, *SHEETS, *DAMAGED]
