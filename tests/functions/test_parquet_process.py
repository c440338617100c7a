"""The process that reads Parquet: it ends with its reader, knows no secrets, and its death is told as what it means."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO

import psutil
import pyarrow as pa
import pytest

from functions.errors import PermanentError
from functions.readers import detect, read
from functions.readers.columnar import ProcessFailedError
from functions.readers.rows import TextRows
from tests.functions.corpus import parquet_files
from tests.functions.corpus.case import shop

NAME = "shop.parquet"
# More than a pipe holds, so that the process is still there while rows are read.
LONG = parquet_files.file({name: value * 200_000 for name, value in parquet_files.SALE.items()})


def reading(data: bytes) -> Iterator[TextRows]:
    return read(detect.open_file(NAME, BytesIO(data), 10**9), shop(), NAME)


def readers() -> list[psutil.Process]:
    """The processes that read for this one, those that nobody waited for among them."""
    return [child for child in psutil.Process().children() if child.status() == psutil.STATUS_ZOMBIE or reads(child)]


def reads(process: psutil.Process) -> bool:
    return "functions.readers.parquet_process" in process.cmdline()


def test_it_is_gone_when_all_is_read() -> None:
    assert sum(rows.table.num_rows for rows in reading(LONG)) == 200_000
    assert readers() == []


def test_it_is_gone_when_its_reader_stops_early() -> None:
    rows = reading(LONG)
    next(rows)
    assert len(readers()) == 1
    rows.close()  # type: ignore[attr-defined] # every reader is a generator
    assert readers() == []


def test_it_is_gone_when_the_columns_are_refused() -> None:
    without = {name: value * 200_000 for name, value in parquet_files.SALE.items() if name != "qty"}
    with pytest.raises(PermanentError, match="lacks 1 of the columns"):
        list(reading(parquet_files.file(without)))
    assert readers() == []


def test_it_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECO_DB_PASSWORD", "secret")
    rows = reading(LONG)
    next(rows)
    environment = readers()[0].environ()
    assert "secret" not in environment.values()
    assert environment.keys() <= {
        "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "LC_CTYPE",
        "ARROW_DEFAULT_MEMORY_POOL", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("how", "error"),
    [
        (signal.SIGABRT, PermanentError),
        (signal.SIGSEGV, PermanentError),
        (signal.SIGBUS, PermanentError),
        (signal.SIGKILL, PermanentError),
        (signal.SIGTERM, ProcessFailedError),
    ],
)
def test_a_death_over_the_file_is_permanent_and_any_other_is_not(how: signal.Signals, error: type[Exception]) -> None:
    rows = reading(LONG)
    next(rows)
    readers()[0].send_signal(how)
    with pytest.raises(error, match=NAME) as told:
        list(rows)
    assert ("is broken, or takes more than" in str(told.value)) == (error is PermanentError)
    assert readers() == []


def test_what_is_read_is_held_a_piece_at_a_time() -> None:
    note = parquet_files.repeated("x" * 1_000_000, 200)
    data = parquet_files.file({**{name: value * 200 for name, value in parquet_files.SALE.items()}, "note": note})
    before, most, count = pa.total_allocated_bytes(), 0, 0
    for rows in reading(data):
        count += rows.table.num_rows
        most = max(most, pa.total_allocated_bytes() - before)
        del rows
    assert count == 200
    assert most < 100_000_000


def test_what_it_reads_before_the_damage_is_read() -> None:
    columns = {name: value * 100_000 for name, value in parquet_files.SALE.items()}
    note = [f"{number}" for number in range(100_000)]
    data = parquet_files.file({**columns, "note": note}, row_group_size=20_000, compression="none")
    at = data.rindex(b"99998")  # 99999 is in the footer, as the greatest
    read_before = 0
    with pytest.raises(PermanentError, match="is named as a Parquet file, but"):
        for rows in reading(data[: at - 4] + b"\xff" * 9 + data[at + 5 :]):
            read_before += rows.table.num_rows
    assert read_before == 80_000


def test_it_imports_only_what_reads_parquet() -> None:
    check = (
        "import sys, functions.readers.parquet_process;"
        " print(sorted({name.split('.')[0] for name in sys.modules} & {'pandas', 'yaml', 'openpyxl', 'sqlalchemy'}),"
        " sorted(name for name in sys.modules if name.startswith('functions')))"
    )
    done = subprocess.run([sys.executable, "-P", "-c", check], check=True, capture_output=True, text=True)
    assert done.stdout.split() == [
        "[]", "['functions',", "'functions.errors',", "'functions.readers',", "'functions.readers.parquet_process',",
        "'functions.readers.rows']",
    ]  # fmt: skip
