"""Parquet as other programs write it."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from tests.functions.corpus.case import NOON, Case, sold
from tests.functions.corpus.json_files import NESTED, ORDER, SOLD

SALE: dict[str, list[Any]] = {
    "order": ["A1"],
    "date": [NOON],
    "product": ["P1"],
    "qty": [2],
    "price": [9.5],
    "note": [None],
}


def file(columns: dict[str, Any], **options: Any) -> bytes:
    table = pa.table(
        {name: value if isinstance(value, pa.Array) else pa.array(value) for name, value in columns.items()}
    )
    buffer = io.BytesIO()
    parquet.write_table(table, buffer, **options)
    return buffer.getvalue()


def typed(label: str, *rows: dict[str, Any], **columns: Any) -> Case:
    return Case(label, file({**SALE, **columns}), list(rows), "shop.parquet")


def refused(label: str, data: bytes, sentence: str) -> Case:
    return Case(label, data, name="shop.parquet", refused=sentence)


def page_of_a_gigabyte() -> bytes:
    """A file of 2 kB whose first page says that it unpacks to a gigabyte; what follows it is moved by the longer number."""
    declared, a_gigabyte = b"PAR1\x15\x04\x15\x0c", b"PAR1\x15\x04\x15\x80\x80\x80\x80\x08"
    assert FILE.startswith(declared)
    return a_gigabyte + FILE.removeprefix(declared)


def aborting() -> bytes:
    """A file over which Arrow aborts: a byte of the footer says that column `qty` is repeated in a way there is none."""
    sound, damaged = b"\x15\x04%\x02\x18\x03qty", b"\x15\x04%\x0a\x18\x03qty"
    assert sound in FILE
    return FILE.replace(sound, damaged)


def text_of(*values: bytes) -> pa.Array:
    """Bytes that say that they are text, whether they are or not."""
    return pa.array(values, pa.binary()).view(pa.string())


def repeated(text: str, times: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array([0] * times, pa.int32()), [text])


NAIVE = NOON.replace(tzinfo=None)
FILE = file(SALE)
CASES = [
    typed("types of their own", sold()),
    typed("everything text", sold(), date=["2026-01-31T10:30:00Z"], qty=["2"], price=["9.5"]),
    typed("quantity as a float", sold(), qty=[2.0]),
    typed("quantity as a small integer", sold(), qty=pa.array([2], pa.uint8())),
    typed("price as a decimal", sold(), price=pa.array([Decimal("9.50")], pa.decimal128(10, 2))),
    typed("price as a 32-bit float", sold(unit_price=Decimal("0.1")), price=pa.array([0.1], pa.float32())),
    typed("price that is very small", sold(unit_price=Decimal("0.00001")), price=[1e-5]),
    typed("time without a zone", sold(), date=pa.array([NAIVE], pa.timestamp("ms"))),
    typed("time in nanoseconds", sold(), date=pa.array([NAIVE], pa.timestamp("ns"))),
    typed("time in another zone", sold(), date=pa.array([NOON], pa.timestamp("us", "Asia/Tokyo"))),
    typed("day", sold(sale_timestamp=datetime(2026, 1, 31, tzinfo=UTC)), date=[date(2026, 1, 31)]),
    typed("text as a dictionary", sold(), product=pa.array(["P1"]).dictionary_encode()),
    *(
        typed(f"dictionary within a {label}", sold(), tags=tags)
        for label, tags in {
            "struct": pa.StructArray.from_arrays([repeated("a", 1)], ["x"]),
            "list": pa.ListArray.from_arrays([0, 1], repeated("a", 1)),
            "large list": pa.LargeListArray.from_arrays([0, 1], repeated("a", 1)),
            "list of fixed size": pa.FixedSizeListArray.from_arrays(repeated("a", 1), 1),
            "map": pa.MapArray.from_arrays([0, 1], pa.array(["k"]), repeated("a", 1)),
        }.items()
    ),
    typed("text of the large kind", sold(description="x"), note=pa.array(["x"], pa.large_string())),
    typed("boolean", sold(description="true"), note=[True]),
    typed("number where text belongs", sold(order_id="536365"), order=[536365]),
    typed("column that the contract lacks", sold(), colour=["blue"]),
    typed("column of lists that the contract lacks", sold(), tags=[["a", "b"]]),
    Case("names in capitals", file({name.upper(): value for name, value in SALE.items()}), [sold()], "shop.parquet"),
    Case("null where a value is required", file({**SALE, "qty": pa.array([None], pa.int64())}), name="shop.parquet", rejected={1: "qty: is missing"}),
    Case("not a number", file({**SALE, "price": [float("nan")]}), name="shop.parquet", rejected={1: "is not a number"}),
    Case("fraction where an integer belongs", file({**SALE, "qty": [2.5]}), name="shop.parquet", rejected={1: "is not a whole number"}),
    Case(
        "decimal comma in the contract is not for numbers",
        FILE, [sold()], "shop.parquet", columns={"price": {"custom": {"decimalSeparator": ",", "thousandsSeparator": "."}}},
    ),
    Case("many row groups", file({name: value * 50_000 for name, value in SALE.items()}, row_group_size=7_000), [sold()] * 50_000, "shop.parquet"),
    Case("no rows", file({name: pa.array([], pa.string()) for name in SALE}), [], "shop.parquet"),
    *(
        Case(f"packed by {codec}", file(SALE, compression=codec), [sold()], "shop.parquet")
        for codec in ("none", "snappy", "gzip", "zstd", "lz4", "brotli")
    ),
    Case(
        "orders with lines",
        file({name: [value] for name, value in ORDER.items()}), SOLD, "shop.parquet", schema={"lines": "items"}, columns=NESTED,
    ),
    refused("without a required column", file({name: value for name, value in SALE.items() if name != "qty"}), "lacks 1 of the columns"),
    refused("with a column twice", file({**SALE, "QTY": [2]}), "'qty' more than once"),
    refused("with more columns than are read", file({**SALE, **{str(n): [1] for n in range(1000)}}), "1,000 different columns"),
    refused("cut at the end", FILE[:-20], "cannot be read as one"),
    refused("cut in the middle and mended at the end", FILE[:200] + FILE[-100:], "cannot be read as one"),
    refused("beginning alone", b"PAR1", "cannot be read as one"),
    refused("CSV by that name", b"order,date\n", "is named as a Parquet file, but it is text"),
    Case("page of a gigabyte", page_of_a_gigabyte(), name="page_of_a_gigabyte.parquet", refused="is broken, or takes more than 805,306,368 bytes of memory"),
    refused("damage over which Arrow aborts", aborting(), "is broken, or takes more than"),
    refused("text of gigabytes that a dictionary makes small", file({**{name: value * 5_000 for name, value in SALE.items()}, "note": repeated("x" * 1_000_000, 5_000)}), "is broken, or takes more than"),
    refused("text that is not UTF-8", file({**SALE, "note": text_of(b"\xff\xfe")}), "column 'note': Invalid UTF8"),
    refused("text that is not UTF-8, as a dictionary", file({**SALE, "note": text_of(b"\xff\xfe").dictionary_encode()}), "UTF8"),
    refused("text that is not UTF-8 in a list", file({**SALE, "note": pa.ListArray.from_arrays([0, 1], text_of(b"\xff"))}), "column 'note': "),
    refused("year that no calendar has, beside a list", file({**SALE, "date": pa.array([2**62], pa.timestamp("us")), "tags": [["a"]]}), "cannot be read as one"),
    refused("bytes where text belongs", file({**SALE, "note": [b"\xff\xfe"]}), "cannot be read as one"),
]  # fmt: skip
