"""Uploads: which objects files become, and how their runs are reported."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from functions.events import ObjectEvent
from local import database, runs
from local.errors import UsageError
from local.upload import Upload, plan
from tests.running_stack import RunningStack

SALES = """\
order_id,line_no,sale_timestamp,product_id,customer_id,quantity,unit_price,discount_rate,currency,country
A1,1,2026-01-05T10:00:00Z,P1,C1,2,3.50,,GBP,UK
A1,2,2026-01-05T10:00:00Z,P2,C1,2,minus,,GBP,UK
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "year" / "may").mkdir(parents=True)
    (tmp_path / "year" / "may" / "a.csv").write_text(SALES, encoding="utf-8")
    (tmp_path / "year" / ".hidden").write_text("", encoding="utf-8")
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    return tmp_path


def test_a_file_keeps_its_name_and_a_folder_its_shape(folder: Path) -> None:
    file = folder / "year" / "may" / "a.csv"
    assert plan([file], "sales/") == [Upload(file, "sales/a.csv")]
    assert plan([folder / "year"], "sales/") == [Upload(file, "sales/may/a.csv")]


def test_two_files_of_one_name_are_refused(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"would both become 'sales/a\.csv'"):
        plan([folder / "year" / "may" / "a.csv", folder / "year" / "may"], "sales/")


@pytest.mark.parametrize("path", ["nowhere", "year/nothing"])
def test_what_is_not_there_is_named(folder: Path, path: str) -> None:
    (folder / "year" / "nothing").mkdir()
    with pytest.raises(UsageError, match=path):
        plan([folder / path], "")


def test_runs_are_waited_for_and_reported_as_json(stack: RunningStack, folder: Path) -> None:
    file = str(folder / "year" / "may" / "a.csv")
    done = stack.command_line.run("upload", file, "--prefix", "sales/\u00e4 b+/", "--wait", "--json")
    [result] = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert result["object"] == "sales/\u00e4 b+/a.csv"
    assert (result["status"], result["rows_read"], result["rows_loaded"], result["rows_rejected"]) == (
        "SUCCESS",
        2,
        1,
        1,
    )
    assert result["seconds"] > 0


def test_a_failed_run_is_told_with_its_reason(stack: RunningStack, folder: Path) -> None:
    done = stack.command_line.run("upload", str(folder / "empty.csv"), "--prefix", "sales/", "--wait")
    assert done.returncode == 1
    assert "FAILED" in done.stdout
    assert "empty" in done.stdout


def test_waiting_ends_in_time(stack: RunningStack) -> None:
    never = ObjectEvent("eco-raw", "never/uploaded.csv", 1, datetime.now(UTC), 1)
    progress: list[int] = []
    [result] = runs.wait(database.warehouse(stack.home), [never], 0.3, progress.append)
    assert result.status == runs.UPLOADED
    assert result.seconds is None
    assert set(progress) == {0}
