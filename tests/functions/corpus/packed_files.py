"""Files in gzip, and files that are not what they are called."""

from __future__ import annotations

import gzip
import io
import zipfile

from tests.functions.corpus import csv_files, json_files, parquet_files, workbooks
from tests.functions.corpus.case import HEADER, LINE, Case, sold

PLAIN = csv_files.csv(LINE)
PACKED = gzip.compress(PLAIN)
ENDINGS = {
    "csv": PLAIN,
    "json": f"[{json_files.TEXT}]".encode(),
    "ndjson": json_files.TEXT.encode(),
    "parquet": parquet_files.FILE,
    "xlsx": workbooks.FILE,
}


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("shop.csv", PLAIN)
    return file.getvalue()


def refused(label: str, data: bytes, sentence: str, name: str = "shop.csv.gz", limit: int = 10**9) -> Case:
    return Case(label, data, name=name, refused=sentence, limit=limit)


GZIPPED = [
    *(Case(f"{ending} in gzip", gzip.compress(data), [sold()], f"shop.{ending}.gz") for ending, data in ENDINGS.items()),
    Case("name in capitals", PACKED, [sold()], "SHOP.CSV.GZ"),
    Case("two members", gzip.compress(PLAIN) + gzip.compress(LINE.encode() + b"\n"), [sold(), sold()], "shop.csv.gz"),
    Case("zeros behind the end", PACKED + b"\x00" * 512, [sold()], "shop.csv.gz"),
    Case("UTF-16 in gzip", gzip.compress(csv_files.csv(LINE, encoding="utf-16")), [sold()], "shop.csv.gz"),
    refused("cut at the end", PACKED[:-10], "cannot be unpacked"),
    refused("with a wrong checksum", PACKED[:-8] + b"\x00" * 4 + PACKED[-4:], "cannot be unpacked"),
    refused("with a damaged middle", PACKED[:15] + b"\xff" * 8 + PACKED[23:], "cannot be unpacked"),
    refused("with something behind the end", PACKED + b"hello", "cannot be unpacked"),
    refused("not packed", PLAIN, "cannot be unpacked"),
    refused("packed twice", gzip.compress(PACKED), "it is a gzip file"),
    refused("packed twice by name", gzip.compress(PACKED), "of a type that is not read here", "shop.csv.gz.gz"),
    refused("of nothing", gzip.compress(b""), "is empty"),
    refused(
        "of fifty million blank lines",
        gzip.compress(PLAIN + b"\n" * 50_000_000), "holds more than 1,000,000 bytes unpacked", limit=1_000_000,
    ),
    refused(
        "of one line without end",
        gzip.compress(PLAIN + b"x" * 50_000_000), "a row is longer than 2,097,152 bytes",
    ),
    refused(
        "of a workbook without end",
        gzip.compress(b"PK\x03\x04" + b"\x00" * 50_000_000), "holds more than 1,000,000 bytes", "shop.xlsx.gz", 1_000_000,
    ),
]  # fmt: skip

MISNAMED = [
    refused(f"{label} named {name}", data, sentence, name)
    for label, data, name, sentence in (
        ("nothing", b"", "shop.csv", "is empty"),
        ("white space", b" \r\n\t\n", "shop.json", "is empty"),
        ("byte order mark alone", b"\xef\xbb\xbf", "shop.csv", "lacks 5 of the columns"),
        ("workbook", workbooks.FILE, "shop.csv", "a ZIP archive or an Excel workbook"),
        ("archive", zipped(), "shop.csv", "a ZIP archive or an Excel workbook"),
        ("archive", zipped(), "shop.xlsx", "cannot be read as one"),
        ("archive", zipped(), "shop.zip", "of a type that is not read here"),
        ("old workbook", b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "shop.xlsx", "an old Excel workbook"),
        ("old workbook", b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "shop.xls", "of a type that is not read here"),
        ("web page", b"<html><table><tr><td>1</td></tr></table>", "shop.csv", "a web page"),
        ("XML", b'<?xml version="1.0"?><sales/>', "shop.json", "an XML file"),
        ("PDF", b"%PDF-1.7", "shop.csv", "a PDF"),
        ("picture", b"\x89PNG\r\n\x1a\n", "shop.ndjson", "a PNG picture"),
        ("gzip", PACKED, "shop.csv", "a gzip file"),
        ("Parquet", parquet_files.FILE, "shop.csv", "a Parquet file"),
        ("JSON", f"[{json_files.TEXT}]".encode(), "shop.csv", "lacks 5 of the columns"),
        ("CSV", PLAIN, "shop.json", "does not begin with '['"),
        ("prose", b"Dear customer, this is no table.", "shop.csv", "lacks 5 of the columns"),
        ("table", HEADER.encode(), "shop", "of a type that is not read here"),
    )
]

CASES = [*GZIPPED, *MISNAMED]
