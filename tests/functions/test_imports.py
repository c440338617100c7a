"""A function imports what it needs and no more: cold starts are paid for in imports."""

import os
import subprocess
import sys

import pytest

LEAN = ("validate", "transform", "load", "maintain")
EMULATED = {"STORAGE_EMULATOR_HOST": "http://127.0.0.1:9"}  # nothing listens there, and nothing is asked


def imported(statements: str, package: str) -> bool:
    check = f"import sys; {statements}; print(sys.modules.get({package!r}) is not None)"
    run = subprocess.run(
        [sys.executable, "-c", check], env=os.environ | EMULATED, check=True, stdout=subprocess.PIPE, text=True
    )
    return run.stdout.strip() == "True"


def ready(function: str) -> str:
    return f"from functions import main, runtime; runtime.ready({function!r}); import sys"


@pytest.mark.parametrize("function", ["main", "score", *LEAN])
def test_no_function_imports_scikit_learn_before_it_trains(function: str) -> None:
    assert not imported(f"import functions.{function}", "sklearn")


@pytest.mark.parametrize("function", LEAN)
def test_what_does_not_score_imports_no_pandas(function: str) -> None:
    assert not imported(f"{ready(function)}, pyarrow; pyarrow.array([1])", "pandas")


@pytest.mark.parametrize(
    ("function", "package"),
    [
        *((function, "grpc") for function in ("score", *LEAN)),
        *((function, package) for function in ("score", "transform") for package in ("sqlalchemy", "pg8000")),
        *(("maintain", package) for package in ("pyarrow", "numpy")),
    ],
)
def test_a_function_starts_without_what_only_some_of_its_events_need(function: str, package: str) -> None:
    assert not imported(ready(function), package)


@pytest.mark.parametrize("function", ["validate", "load", "maintain"])
def test_what_always_writes_to_the_database_imports_its_driver_at_the_start(function: str) -> None:
    assert imported(ready(function), "sqlalchemy.dialects.postgresql.pg8000")


@pytest.mark.parametrize("reader", ["openpyxl", "defusedxml"])
def test_a_workbook_is_what_imports_the_reader_of_workbooks(reader: str) -> None:
    assert not imported("import functions.validate", reader)


@pytest.mark.parametrize(
    ("function", "later"),
    [("load", "functions.copying"), ("maintain", "functions.archive"), ("maintain", "functions.train")],
)
def test_what_a_function_imports_later_needs_nothing_that_is_kept_out(function: str, later: str) -> None:
    assert imported(f"{ready(function)}, {later}", later)
