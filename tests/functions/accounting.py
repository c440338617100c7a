"""What must hold of every file, however damaged: it is refused with a sentence, or each row of it is accounted for."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from dataclasses import dataclass

from functions import checking
from functions.drift import Drift
from functions.errors import PermanentError
from functions.readers import detect
from tests.functions.corpus import csv_files, json_files, packed_files, parquet_files, values, workbooks
from tests.functions.corpus.case import Case, shop

MAX_SEED_BYTES = 20_000
ORDERS = {"lines": "items"}
CASES: list[Case] = [
    *csv_files.CASES,
    *values.CASES,
    *json_files.CASES,
    *workbooks.CASES,
    *parquet_files.CASES,
    *packed_files.CASES,
]


def account(name: str, data: bytes) -> None:
    """Read a file; fails where a row has no outcome of its own, or anything but PermanentError is raised.

    Files named `orders…` have lines within their orders.
    """
    numbers: list[int] = []
    contract = shop(ORDERS if name.startswith("orders") else None)
    try:
        opened = detect.open_file(name, io.BytesIO(data), 10**8)
        for result in checking.checked(opened, Drift(contract, name)):
            numbers += result.valid["source_row"].to_pylist() + result.rejected["source_row"].to_pylist()
            assert all(result.rejected["reason"].to_pylist())
    except PermanentError as refused:
        assert name in str(refused)
    assert len(numbers) == len(set(numbers))
    assert all(number >= 1 for number in numbers)


@dataclass(frozen=True)
class Kind:
    """What is fuzzed: bytes that `packed` makes a file of, under each of `names`; `seeds` are what to begin with."""

    names: tuple[str, ...]
    seeds: Callable[[], list[bytes]]
    packed: Callable[[bytes], bytes] = bytes


def _cases(end: str) -> list[bytes]:
    """The awkward files of the corpus that have that end of their name, unless they are large."""
    contents = [case.content for case in CASES if case.name.endswith(end)]
    return [content for content in contents if len(content) <= MAX_SEED_BYTES]


def _sheets() -> list[bytes]:
    return [workbooks.part(content, workbooks.SHEET) for content in _cases(".xlsx") if workbooks.is_whole(content)]


def _with_sheet(xml: bytes) -> bytes:
    return workbooks.rewritten(workbooks.FILE, sheet=lambda _: xml.decode("utf-8", errors="replace"))


def _fast_gzip(data: bytes) -> bytes:
    return gzip.compress(data, 1)


KINDS = {
    "csv": Kind(("shop.csv",), lambda: _cases(".csv")),
    "csv.gz": Kind(("shop.csv.gz",), lambda: _cases(".csv"), _fast_gzip),
    "gz": Kind(("shop.csv.gz",), lambda: [*_cases(".gz"), *map(_fast_gzip, _cases(".csv"))]),
    "json": Kind(("shop.json", "orders.json"), lambda: _cases(".json")),
    "ndjson": Kind(("shop.ndjson", "orders.ndjson"), lambda: [*_cases(".ndjson"), *_cases(".jsonl")]),
    "sheet": Kind(("shop.xlsx",), _sheets, _with_sheet),
    "xlsx": Kind(("shop.xlsx",), lambda: _cases(".xlsx")),
    "parquet": Kind(("shop.parquet",), lambda: _cases(".parquet")),
}
