"""Files of every kind, damaged anywhere: each is refused with a sentence, or every row of it is accounted for."""

import gzip
import re
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.functions.accounting import KINDS, account
from tests.functions.corpus import csv_files, json_files, parquet_files, workbooks
from tests.functions.corpus.case import LINE

MOST_MEMORY = 100_000_000
RUNS = dict.fromkeys(KINDS, 2000) | {"parquet": 100}  # each of which starts a process
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


def examples(name: str) -> int:
    return 30 if "parquet" in name else 150


@pytest.fixture(scope="module")
def traced() -> Iterator[None]:
    """Memory is traced to the end of the module, when Arrow's threads have long been idle.

    Python crashes where one of them takes memory while tracing stops (https://github.com/python/cpython/issues/128679).
    """
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("name", FILES)
@pytest.mark.timeout(300)
def test_a_damaged_file_is_refused_or_accounted_for(name: str) -> None:
    @settings(max_examples=examples(name))
    @given(DAMAGES)
    def holds(damages: list[Damage]) -> None:
        tracemalloc.reset_peak()
        account(name, damaged(FILES[name], damages))
        assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY

    holds()


@pytest.mark.timeout(300)
@settings(max_examples=150)
@given(DAMAGES)
def test_a_workbook_whose_xml_is_damaged_is_refused_or_accounted_for(damages: list[Damage]) -> None:
    def change(text: str) -> str:
        return damaged(text.encode(), damages).decode("utf-8", errors="replace")

    account("shop.xlsx", workbooks.rewritten(workbooks.FILE, sheet=change))


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".gz")])
def test_a_file_damaged_before_it_was_packed_is_refused_or_accounted_for(name: str) -> None:
    @settings(max_examples=examples(name) // 3)
    @given(DAMAGES)
    def holds(damages: list[Damage]) -> None:
        account(name, gzip.compress(damaged(FILES[name.removesuffix(".gz")], damages), 1))

    holds()


@pytest.mark.skipif(not find_spec("atheris"), reason="atheris has no wheel for this Python: pyproject.toml says where")
@pytest.mark.parametrize("kind", KINDS)
def test_no_change_that_reaches_new_code_breaks_it(kind: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.functions.fuzz_readers", kind, str(tmp_path), "-seed=1"]
    done = subprocess.run([*command, f"-runs={RUNS[kind]}"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-5000:]
    told = re.search(r"Done (\d+) runs", done.stderr)
    assert told
    assert int(told[1]) >= RUNS[kind]
