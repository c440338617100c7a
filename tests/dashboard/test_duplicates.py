"""Duplicates on the page Quality: from deliveries of the same rows to what is shown of them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import UUID

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import duplicate_charts
from tests.pipeline import Pipeline
from tests.warehouse.files import sale, sales

PAGE = "from dashboard.views import quality\nquality.page()"
AT = "2026-01-10T10:00:00Z"
USUAL = [sale("A1", line, AT, quantity=line % 3 + 1) for line in range(1, 21)]
ANOMALOUS = sale("A2", 1, AT, price="1000000")
ALL_KINDS = ["rows_unchanged", "rows_superseded", "repeats_rejected", "held_again"]
REPEATED = """
    INSERT INTO eco.quality_log (run_id, source_row, kind, reason, row)
    SELECT :run_id, 90 + repeated, 'rejected', format('the row repeats row %s', repeated), '{}'
    FROM generate_series(1, 2) AS repeated
    """


@pytest.fixture
def shop(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipeline]:
    """A file, the same one again, and one of which a newer delivery is there already."""
    older = pipeline.upload("sales/older.csv", sales(*(line.replace(",10,", ",11,") for line in USUAL[:3])))
    first = pipeline.upload("sales/first.csv", sales(*USUAL, ANOMALOUS))
    again = pipeline.upload("sales/again.csv", sales(*USUAL, ANOMALOUS, USUAL[0].replace("A1,1,", "A8,1,")))
    pipeline.process(first, older, again)
    pipeline.rows(REPEATED, role="eco_validator", run_id=again.run_id)
    settings = pipeline.settings("eco_reader")
    for name in ("host", "port", "name", "user", "password"):
        monkeypatch.setenv(f"ECO_DB_{name.upper()}", str(getattr(settings, f"db_{name}")))
    st.cache_data.clear()
    st.cache_resource.clear()
    yield pipeline
    st.cache_data.clear()
    st.cache_resource.clear()


def drawn() -> AppTest:
    page = AppTest.from_string(PAGE, default_timeout=90)
    page.query_params["period"] = "All"
    page.run()
    assert not page.exception
    assert not page.error
    return page


@pytest.mark.usefixtures("shop")
def test_each_row_that_was_there_already_is_counted_once_file_by_file() -> None:
    [files] = [table.value for table in drawn().dataframe if "held_again" in table.value]
    by_file = {str(file["object_name"]): [int(file[kind]) for kind in ALL_KINDS] for file in files.to_dict("records")}
    assert by_file == {
        "sales/first.csv": [0, 0, 0, 0],
        "sales/older.csv": [0, 3, 0, 0],
        "sales/again.csv": [20, 0, 2, 1],
    }


def test_the_page_says_how_much_was_there_already(shop: Pipeline) -> None:
    shown = {metric.label: metric.value for metric in drawn().metric}
    read = shop.value("SELECT sum(rows_read) FROM eco.pipeline_run")
    assert shown["Unchanged"] == f"{100 * 20 / read:.1f} %"
    assert shown["Superseded"] == f"{100 * 3 / read:.1f} %"


@pytest.mark.usefixtures("shop")
def test_which_row_is_repeated_is_no_reason_of_its_own() -> None:
    [reasons] = [table.value for table in drawn().dataframe if "logged_rows" in table.value]
    repeats = reasons[reasons["reason"].str.startswith("the row repeats")]
    assert repeats[["reason", "logged_rows"]].to_numpy().tolist() == [["the row repeats another", 2]]


def test_a_chart_leaves_out_kinds_that_there_are_none_of_and_adds_up_the_files_of_a_day() -> None:
    files = pd.DataFrame(
        {
            "run_id": [UUID(int=number) for number in range(3)],
            "object_name": ["sales/c.csv", "sales/b.csv", "sales/a.csv"],
            "uploaded_at": datetime(2026, 6, 2, tzinfo=UTC),
            "day": [date(2026, 6, 2), date(2026, 6, 2), date(2026, 6, 1)],
            "rows_unchanged": [5, 2, 0],
            "rows_superseded": 0,
            "repeats_rejected": [0, 0, 4],
            "held_again": 0,
        }
    )
    by_day = duplicate_charts.by_day(files)
    assert isinstance(by_day.data, pd.DataFrame)
    found = by_day.data.set_index(["place", "kind"])["rows"]
    unchanged, rejected = (duplicate_charts.KINDS[name][0] for name in ("rows_unchanged", "repeats_rejected"))
    assert set(by_day.data["kind"]) == {unchanged, rejected}
    assert (found["2026-06-02", unchanged], found["2026-06-01", rejected]) == (7, 4)
    scale = by_day.to_dict()["encoding"]["color"]["scale"]
    assert scale["domain"] == [unchanged, rejected]
    assert duplicate_charts.with_any(files.assign(rows_unchanged=[5, 0, 0]))["object_name"].tolist() == [
        "sales/c.csv",
        "sales/a.csv",
    ]
    places = duplicate_charts.by_file(files).to_dict()["encoding"]["x"]["sort"]
    assert places == ["sales/a.csv", "sales/b.csv", "sales/c.csv"]
