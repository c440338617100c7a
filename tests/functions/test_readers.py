"""Files of each format become rows of text; what cannot be read is refused with a sentence."""

import gzip
import io
import json
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions import contract, readers
from functions.errors import PermanentError
from functions.readers import detect

COLUMNS = "order_id,line_no,sale_timestamp,product_id,quantity,unit_price,currency"
ROW = ["A1", "1", "2026-01-01", "P1", "2", "9.5", "GBP"]


def read(
    name: str, data: bytes | str, limit: int = 10**9
) -> tuple[list[dict[str, Any]], list[int], list[tuple[int, str]]]:
    """The rows of a file, their numbers, and the numbers and reasons of its broken rows."""
    content = data.encode() if isinstance(data, str) else data
    opened = detect.open_file(name, io.BytesIO(content), limit)
    rows = list(readers.read(opened, contract.for_object(name), name))
    records = [record for chunk in rows for record in chunk.table.to_pylist()]
    numbers = [number for chunk in rows for number in chunk.source_rows.to_pylist()]
    return records, numbers, [(broken.source_row, broken.reason) for chunk in rows for broken in chunk.broken]


def workbook(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_csv_keeps_every_value_as_it_is_written() -> None:
    records, numbers, broken = read("sales/a.csv", f"{COLUMNS}\n" + ",".join(ROW) + "\n")
    assert records == [dict(zip(COLUMNS.split(","), ROW, strict=True))]
    assert (numbers, broken) == ([1], [])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_of_any_delimiter_and_unicode_encoding(delimiter: str, encoding: str) -> None:
    lines = [COLUMNS.split(","), [*ROW[:3], "Grün", *ROW[4:]]]
    data = "\r\n".join(delimiter.join(line) for line in lines).encode(encoding)
    records, _, _ = read("sales/a.csv", data)
    assert records[0]["product_id"] == "Grün"


def test_csv_quotes_and_line_breaks_in_values() -> None:
    row = ["A1", "1", "2026-01-01", '"two\nlines, ""quoted"""', "2", "9.5", "GBP"]
    records, _, _ = read("sales/a.csv", f"{COLUMNS}\n{','.join(row)}\n")
    assert records[0]["product_id"] == 'two\nlines, "quoted"'


@given(st.lists(st.booleans(), min_size=1, max_size=300))
def test_csv_rows_keep_their_numbers_around_broken_ones(fits: list[bool]) -> None:
    lines = [",".join(ROW) if good else "A1,1" for good in fits]
    _, numbers, broken = read("sales/a.csv", "\n".join([COLUMNS, *lines]) + "\n")
    assert numbers == [number for number, good in enumerate(fits, start=1) if good]
    assert [number for number, _ in broken] == [number for number, good in enumerate(fits, start=1) if not good]


def test_csv_rows_keep_their_numbers_across_blocks() -> None:
    count = 150_000
    lines = [",".join([f"A{number}", *ROW[1:]]) if number % 1000 else "broken" for number in range(1, count + 1)]
    records, numbers, broken = read("sales/a.csv", "\n".join([COLUMNS, *lines]))
    assert all(record["order_id"] == f"A{number}" for record, number in zip(records, numbers, strict=True))
    assert [number for number, _ in broken] == list(range(1000, count + 1, 1000))


def test_json_array_and_ndjson_give_the_same_rows_with_exact_numbers() -> None:
    records = [{**dict(zip(COLUMNS.split(","), ROW, strict=True)), "unit_price": 0.1, "line_no": 1}, {"order_id": None}]
    array, _, _ = read("sales/a.json", json.dumps(records))
    lines, _, _ = read("sales/a.ndjson", "\n\n".join(json.dumps(record) for record in records))
    assert array == lines
    assert (array[0]["unit_price"], array[0]["line_no"], array[1]["order_id"]) == ("0.1", "1", None)


def test_a_line_that_is_no_json_object_is_a_broken_row() -> None:
    good = json.dumps(dict(zip(COLUMNS.split(","), ROW, strict=True)))
    _, numbers, broken = read("sales/a.ndjson", f"{good}\n{{\n[1]\n{good}\n")
    assert numbers == [1, 4]
    assert broken == [(2, "is not valid JSON"), (3, "is not a JSON object")]


def test_xlsx_dates_and_numbers_are_read_as_values() -> None:
    data = workbook(
        COLUMNS.split(","), ["A1", 1, datetime(2026, 1, 1, 10, 30), "P1", 2, 0.1 + 0.2, "GBP"], [None] * 7, ROW
    )
    records, numbers, _ = read("sales/a.xlsx", data)
    assert records[0]["sale_timestamp"] == "2026-01-01T10:30:00"
    assert records[0]["unit_price"] == "0.3"
    assert numbers == [1, 3]


@pytest.mark.parametrize("name", ["sales/a.csv", "sales/a.json", "sales/a.ndjson"])
def test_gzip_gives_the_same_rows(name: str) -> None:
    record = dict(zip(COLUMNS.split(","), ROW, strict=True))
    plain = {"csv": f"{COLUMNS}\n{','.join(ROW)}\n", "json": json.dumps([record]), "ndjson": json.dumps(record)}
    data = plain[name.rsplit(".", 1)[-1]]
    assert read(f"{name}.gz", gzip.compress(data.encode())) == read(name, data)


@pytest.mark.parametrize("data", [f"{COLUMNS}", f"{COLUMNS}\n", f"\ufeff{COLUMNS}\r\n"])
def test_a_header_without_rows_is_no_rows(data: str) -> None:
    assert read("sales/a.csv", data) == ([], [], [])


def test_an_empty_json_array_is_no_rows() -> None:
    assert read("sales/a.json", "[]") == ([], [], [])


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("sales/a.csv", b"", "is empty"),
        ("sales/a.csv", b" \n\n", "is empty"),
        ("sales/a.csv", workbook(["x"]), "is named as a CSV file, but it is a ZIP archive or an Excel workbook"),
        ("sales/a.csv", b"\x89PNG\r\n\x1a\n", "is named as a CSV file, but it is a PNG picture"),
        ("sales/a.csv", b"hello world", "lacks 7 of the columns"),
        ("sales/a.csv", f"{COLUMNS}\n".encode() + "café\n".encode() + b"caf\xe9\n", "line 3 is not in UTF-8"),
        ("sales/a.csv", f"{COLUMNS}\n".encode() + b'A1,1,"' + b"x" * 9_000_000, "never closed"),
        ("sales/a.xlsx", b"order_id,line_no\n", "is named as an Excel workbook, but it is text"),
        ("sales/a.xlsx", b"PK\x03\x04 cut off", "cannot be read as one"),
        ("sales/a.json", b'{"order_id": 1}', "it does not begin with '['"),
        ("sales/a.json", b'[{"order_id": 1', "is not valid JSON"),
        ("sales/a.json", b'[{"order_id": 1}]', "lacks 6 of the columns"),
        ("sales/a.ndjson", b"order_id,line_no\n", "its first line does not begin"),
        ("sales/a.csv.gz", b"order_id,line_no\n", "cannot be unpacked"),
        ("sales/a.csv.gz", gzip.compress(f"{COLUMNS}\n".encode() * 1000)[:-20], "cannot be unpacked"),
        ("sales/a.pdf", b"%PDF", "is of a type that is not read here"),
        ("sales/a", b"x", "is of a type that is not read here"),
        ("invoices/a.csv", b"x", "No contract matches 'invoices/a.csv'"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(name: str, data: bytes, sentence: str) -> None:
    with pytest.raises(PermanentError) as refused:
        read(name, data)
    assert sentence in str(refused.value)
    assert name in str(refused.value)


def test_a_file_that_unpacks_to_more_than_the_limit_is_refused() -> None:
    bomb = gzip.compress(f"{COLUMNS}\n".encode() + b"\n" * 50_000_000)
    with pytest.raises(PermanentError, match="holds more than 1,000,000 bytes unpacked"):
        read("sales/a.csv.gz", bomb, limit=1_000_000)


@given(st.binary(max_size=300), st.sampled_from(["csv", "json", "ndjson", "xlsx", "csv.gz", "xlsx.gz"]))
def test_no_bytes_whatever_break_a_reader(data: bytes, extension: str) -> None:
    try:
        read(f"sales/a.{extension}", data)
    except PermanentError as refused:
        assert f"sales/a.{extension}" in str(refused)


@given(st.text(max_size=200), st.sampled_from(["csv", "json", "ndjson"]))
def test_no_text_whatever_breaks_a_reader(text: str, extension: str) -> None:
    start = {"csv": f"{COLUMNS}\n", "json": "[", "ndjson": "{}\n"}[extension]
    try:
        read(f"sales/a.{extension}", (start + text).encode("utf-8", "surrogatepass"))
    except PermanentError as refused:
        assert f"sales/a.{extension}" in str(refused)
