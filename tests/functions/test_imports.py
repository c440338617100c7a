"""A function imports what it needs and no more: cold starts are paid for in imports."""

import subprocess
import sys

import pytest

LEAN = ("validate", "transform", "load", "maintain")


def imported(statements: str, package: str) -> bool:
    check = f"import sys; {statements}; sys.exit(sys.modules.get({package!r}) is not None)"
    return subprocess.run([sys.executable, "-c", check], check=False).returncode != 0


@pytest.mark.parametrize("function", ["main", "score", *LEAN])
def test_no_function_imports_scikit_learn_before_it_trains(function: str) -> None:
    assert not imported(f"import functions.{function}", "sklearn")


@pytest.mark.parametrize("function", LEAN)
def test_what_does_not_score_imports_no_pandas(function: str) -> None:
    lean = f"from functions.lean import without_pandas; without_pandas(); import functions.{function}"
    assert not imported(f"{lean}, pyarrow; pyarrow.array([1])", "pandas")


@pytest.mark.parametrize("reader", ["openpyxl", "defusedxml"])
def test_a_workbook_is_what_imports_the_reader_of_workbooks(reader: str) -> None:
    assert not imported("import functions.validate", reader)
