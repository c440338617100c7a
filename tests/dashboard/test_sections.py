"""What the pages say, from what the queries return."""

import io
from decimal import Decimal

import pandas as pd
import pytest
from sqlalchemy.exc import ProgrammingError

from dashboard import carbon_section, outage, table
from dashboard.views import overview, pipeline, sales, storage
from functions.settings import SettingsError
from tests.dashboard.frames import failed, run, volume

WELL = {"failed_lately": 0, "hanging": 0, "hang_minutes": 10, "months_ahead": 3}


def database_error(code: str) -> ProgrammingError:
    return ProgrammingError("SELECT", {}, Exception({"C": code, "M": "secret detail"}))


def alerts(*kinds: str) -> pd.DataFrame:
    return pd.DataFrame({"kind": kinds}, dtype=object)


def test_all_is_right_only_where_nothing_failed_hangs_or_runs_out() -> None:
    assert overview.troubles(WELL, alerts()) == []
    assert overview.troubles(WELL | {"failed_lately": 2}, alerts())[0].startswith("2 files failed")
    assert overview.troubles(WELL | {"hanging": 1}, alerts())[0].startswith("1 run without progress for over 10")
    assert "run `maintain`" in overview.troubles(WELL | {"months_ahead": 0}, alerts())[0]
    assert len(overview.troubles(WELL | {"failed_lately": 1, "hanging": 1}, alerts())) == 2


def test_alerts_of_other_kinds_are_counted_and_those_seen_anyhow_are_not_said_twice() -> None:
    assert overview.troubles(WELL, alerts("failed_run", "partition_horizon")) == []
    assert overview.troubles(WELL, alerts("missing_file", "missing_file", "dead_letter")) == [
        "2 files that usually come did not, as the alerts below say",
        "events were given up, as the alerts below say",
    ]


def test_the_equation_counts_loaded_files_alone() -> None:
    shown = pipeline.equation(pd.DataFrame([run(rows_read=1010, rows_loaded=1005), failed(), run(status="RUNNING")]))
    assert shown == (
        "1 loaded file among the newest 3 runs: **1,010 rows read** = "
        "1,005 loaded + 2 unchanged + 1 superseded + 1 held + 1 rejected"
    )


def test_a_run_under_way_has_no_mark() -> None:
    frame = pd.DataFrame(
        [run(), failed(), run(status="RUNNING", balances=False), run(status="FAILED", reason="x", balances=False)]
    )
    marks = pipeline.with_marks(frame)["balances"]
    assert marks.where(marks.notna(), "").tolist() == ["✓", "", "", "no"]


def test_the_csv_has_every_column_and_no_formulas() -> None:
    frame = pd.DataFrame([run("=HYPERLINK(1)"), failed(reason="+1"), run("a,b")])
    back = pd.read_csv(io.StringIO(table.as_csv(frame)))
    assert list(back.columns) == list(frame.columns)
    assert back["object_name"].tolist() == ["'=HYPERLINK(1)", "sales/b.csv", "a,b"]
    assert back["reason"].tolist()[1] == "'+1"


def test_amounts_are_never_added_up_across_currencies() -> None:
    assert sales.amounts(volume()) == {"EUR": Decimal("40.50"), "GBP": Decimal("55.25")}


def test_carbon_saved_is_unknown_where_no_footprint_is_known() -> None:
    assert carbon_section.saved(volume()) == Decimal("1.0")
    assert carbon_section.saved(volume().iloc[2:]) is None


def test_carbon_is_explained_where_it_is_shown() -> None:
    assert "comparison between two products, not an inventory" in carbon_section.MEANING
    assert "UK Government GHG Conversion Factors 2025, material use" in carbon_section.MEANING


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


def test_a_plan_says_how_long_it_took_and_which_partitions_it_read() -> None:
    plan = [
        "HashAggregate (actual rows=1.00 loops=1)",
        "  ->  Append (actual rows=7.00 loops=1)",
        "        ->  Seq Scan on fact_sales_2026_06 fact_sales (actual rows=7.00 loops=1)",
        "Planning Time: 0.2 ms",
        "Execution Time: 12.345 ms",
    ]
    assert storage.partitions_read(plan) == 1
    assert storage.milliseconds(plan) == 12.345
