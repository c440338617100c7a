"""What the sections say, from what the queries return."""

import io
from datetime import UTC, datetime
from decimal import Decimal

import pandas as pd
import pytest
from sqlalchemy.exc import ProgrammingError

from dashboard import health, outage, runs, sales
from functions.settings import SettingsError
from tests.dashboard.frames import failed, run, volume

WELL = {"failed_lately": 0, "hanging": 0, "hang_minutes": 10}


def database_error(code: str) -> ProgrammingError:
    return ProgrammingError("SELECT", {}, Exception({"C": code, "M": "secret detail"}))


def test_all_is_right_only_without_failures_and_hanging_runs() -> None:
    assert health.troubles(WELL) == []
    assert health.troubles(WELL | {"failed_lately": 2})[0].startswith("2 files failed")
    assert health.troubles(WELL | {"hanging": 1}) == ["1 run without progress for over 10 minutes"]
    assert len(health.troubles(WELL | {"failed_lately": 1, "hanging": 1})) == 2


def test_the_last_file_is_named_with_its_status_and_age() -> None:
    then, now = datetime(2026, 6, 1, 9, 0, tzinfo=UTC), datetime(2026, 6, 1, 9, 5, 7, tzinfo=UTC)
    seen = {"last_file": "a_b", "last_status": "FAILED", "last_started_at": then, "now": now}
    expected = "Last file: ` a_b `, FAILED, 1 Jun 2026 09:00 (5 minutes ago). As of 09:05:07."
    assert health.last_file(seen) == expected


def test_the_equation_counts_loaded_files_alone() -> None:
    shown = runs.equation(pd.DataFrame([run(rows_read=1010, rows_loaded=1005), failed(), run(status="RUNNING")]))
    assert shown == (
        "1 loaded file among the newest 3 runs: **1,010 rows read** = "
        "1,005 loaded + 2 unchanged + 1 superseded + 1 held + 1 rejected"
    )


def test_a_run_under_way_has_no_mark() -> None:
    frame = pd.DataFrame(
        [run(), failed(), run(status="RUNNING", balances=False), run(status="FAILED", reason="x", balances=False)]
    )
    marks = runs.with_marks(frame)["balances"]
    assert marks.where(marks.notna(), "").tolist() == ["✓", "", "", "no"]


def test_the_csv_has_every_column_and_no_formulas() -> None:
    frame = pd.DataFrame([run("=HYPERLINK(1)"), failed(reason="+1"), run("a,b")])
    back = pd.read_csv(io.StringIO(runs.as_csv(frame)))
    assert list(back.columns) == list(frame.columns)
    assert back["object_name"].tolist() == ["'=HYPERLINK(1)", "sales/b.csv", "a,b"]
    assert back["reason"].tolist()[1] == "'+1"


def test_amounts_are_never_added_up_across_currencies() -> None:
    assert sales.amounts(volume()) == {"EUR": Decimal("40.50"), "GBP": Decimal("55.25")}


def test_carbon_saved_is_unknown_where_no_footprint_is_known() -> None:
    assert sales.saved(volume()) == Decimal("1.0")
    assert sales.saved(volume().iloc[2:]) is None


def test_carbon_is_explained_where_it_is_shown() -> None:
    assert "comparison between two products, not an inventory" in sales.MEANING
    assert "UK Government GHG Conversion Factors 2025, material use" in sales.MEANING


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(111, "refused"), "does not answer"),
        (database_error("42P01"), "no tables yet"),
        (database_error("28P01"), "ECO_DB_PASSWORD"),
        (database_error("57014"), "shorter period"),
        (database_error("57P01"), "does not answer"),
        (SettingsError("ECO_DB_PORT='x' is not a whole number"), "ECO_DB_PORT='x'"),
    ],
)
def test_an_outage_is_a_sentence_with_what_to_do(error: Exception, words: str) -> None:
    said = outage.sentence(error)
    assert words in said
    assert "secret detail" not in said
