from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from local.demo import failures_table, run, sources_table, went_well, where_to_look
from local.errors import LocalError
from local.home import Home
from local.runs import Result
from local.shop.files import UploadFile

FILES = [
    UploadFile(Path("a.csv"), "sales/a.csv"),
    UploadFile(Path("b.csv"), "sales/b.csv", unreadable="empty"),
]
GOOD = Result("sales/a.csv", "1", 1, "SUCCESS")
FAILED = Result("sales/b.csv", "2", 2, "FAILED", reason="sales/b.csv is [empty].")
SOURCE: dict[str, Any] = {
    **{"source": "sales", "files": 2, "succeeded": 1, "failed": 1, "balances": True},
    **{"rows_read": 1_234, "rows_loaded": 1_000, "rows_unchanged": 200},
    **{"rows_superseded": 30, "rows_rejected": 3, "rows_held": 1},
}


def shown(table: object) -> str:
    console = Console(file=io.StringIO(), width=200)
    console.print(table)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_all_is_well_when_only_unreadable_files_failed() -> None:
    assert went_well(FILES, [GOOD, FAILED], [SOURCE])


@pytest.mark.parametrize(
    "results",
    [
        [GOOD],
        [GOOD, Result("sales/b.csv", "2", 2)],
        [GOOD, Result("sales/b.csv", "2", 2, "RUNNING")],
        [GOOD, Result("sales/b.csv", "2", 2, "SUCCESS")],
        [Result("sales/a.csv", "1", 1, "FAILED"), FAILED],
    ],
)
def test_all_is_not_well_when_a_run_is_not_as_meant(results: list[Result]) -> None:
    assert not went_well(FILES, results, [SOURCE])


def test_all_is_not_well_when_a_run_does_not_add_up() -> None:
    assert not went_well(FILES, [GOOD, FAILED], [SOURCE, {**SOURCE, "balances": False}])


def test_tables_show_counts_and_reasons() -> None:
    sources = shown(sources_table([SOURCE]))
    assert "1,234" in sources
    assert "✓" in sources
    assert "no" in shown(sources_table([{**SOURCE, "balances": False}])).split()
    failures = shown(failures_table(FILES, [GOOD, FAILED]))
    assert "sales/b.csv is [empty]." in failures
    assert "sales/a.csv" not in failures
    assert "sales/a.csv" in shown(failures_table(FILES, [Result("sales/a.csv", "1", 1, "FAILED"), FAILED]))


def test_where_to_look_names_this_stack(tmp_path: Path) -> None:
    text = shown(where_to_look(Home(tmp_path, port_offset=100)))
    assert "http://127.0.0.1:8601" in text
    assert str(tmp_path / "demo") in text


def test_demo_needs_a_running_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECO_HOME", str(tmp_path))
    with pytest.raises(LocalError, match="is down"):
        run(Console(file=io.StringIO()))
