"""Files of every kind, damaged anywhere: each is refused with a sentence, or every row of it is accounted for."""

import gzip
import io
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions import checking
from functions.drift import Drift
from functions.errors import PermanentError
from functions.readers import detect
from tests.functions.corpus import csv_files, json_files, parquet_files, workbooks
from tests.functions.corpus.case import LINE, shop

MOST_MEMORY = 100_000_000
ORDERS = {"lines": "items"}
FILES = {
    "shop.csv": csv_files.csv(LINE, LINE + '"a\nb"', "A1", LINE),
    "utf16.csv": csv_files.csv(LINE, LINE, encoding="utf-16"),
    "shop.json": f"[{json_files.TEXT}, {json_files.TEXT}]".encode(),
    "shop.ndjson": f"{json_files.TEXT}\n{json_files.TEXT}\n".encode(),
    "shop.xlsx": workbooks.FILE,
    "shop.parquet": parquet_files.FILE,
    "orders.parquet": parquet_files.file({name: [value] for name, value in json_files.ORDER.items()}),
}
FILES |= {f"{name}.gz": gzip.compress(data) for name, data in FILES.items()}

Damage = tuple[int, int, bytes]
DAMAGES = st.lists(
    st.tuples(
        st.integers(0, 10**6), st.integers(0, 40), st.one_of(st.binary(max_size=8), st.just(b'"'), st.just(b"{"))
    ),
    min_size=1,
    max_size=4,
)


def damaged(data: bytes, damages: list[Damage]) -> bytes:
    """The file with stretches replaced by others."""
    for place, length, put in damages:
        at = place % (len(data) + 1)
        data = data[:at] + put + data[at + length :]
    return data


def account(name: str, data: bytes) -> tuple[int, int]:
    """How many rows are read and how many of them have a number of their own; none where the file is refused."""
    numbers: list[int] = []
    contract = shop(ORDERS if name.startswith("orders") else None)
    try:
        opened = detect.open_file(name, io.BytesIO(data), 10**8)
        for result in checking.checked(opened, Drift(contract, name)):
            numbers += result.valid["source_row"].to_pylist() + result.rejected["source_row"].to_pylist()
            assert all(result.rejected["reason"].to_pylist())
    except PermanentError as refused:
        assert name in str(refused)
    return len(numbers), len(set(numbers))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.timeout(300)
def test_a_damaged_file_is_refused_or_accounted_for(name: str) -> None:
    @settings(max_examples=150)
    @given(DAMAGES)
    def holds(damages: list[Damage]) -> None:
        tracemalloc.start()
        try:
            rows, told_apart = account(name, damaged(FILES[name], damages))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert rows == told_apart
        assert peak < MOST_MEMORY

    holds()


@pytest.mark.timeout(300)
@settings(max_examples=150)
@given(DAMAGES)
def test_a_workbook_whose_xml_is_damaged_is_refused_or_accounted_for(damages: list[Damage]) -> None:
    def change(text: str) -> str:
        return damaged(text.encode(), damages).decode("utf-8", errors="replace")

    rows, told_apart = account("shop.xlsx", workbooks.rewritten(workbooks.FILE, sheet=change))
    assert rows == told_apart


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".gz")])
def test_a_file_damaged_before_it_was_packed_is_refused_or_accounted_for(name: str) -> None:
    @settings(max_examples=50)
    @given(DAMAGES)
    def holds(damages: list[Damage]) -> None:
        rows, told_apart = account(name, gzip.compress(damaged(FILES[name.removesuffix(".gz")], damages), 1))
        assert rows == told_apart

    holds()
