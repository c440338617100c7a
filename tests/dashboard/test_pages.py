"""Each page on a real database, without a browser; and without a database."""

import socket
from collections.abc import Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import period
from tests.dashboard import warehouse
from tests.dashboard.browser import PATHS
from tests.pipeline import Pipeline
from tests.running_stack import RunningStack

FRAME = """
from dashboard import outage
from dashboard.views import {0}
outage.watch()
{0}.page()
"""


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """The pages keep their connections and results for all sessions of a process."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()


def made(name: str, **query: str | list[str]) -> AppTest:
    """A page with the frame's banner; AppTest itself does not know `st.navigation`."""
    page = AppTest.from_string(FRAME.format(name), default_timeout=90)
    for key, value in query.items():
        page.query_params[key] = value
    return page


@pytest.fixture
def reader(shop: RunningStack, monkeypatch: pytest.MonkeyPatch) -> RunningStack:
    for name, value in shop.environment_of("eco_reader").items():
        monkeypatch.setenv(name, value)
    return shop


def figures(page: AppTest) -> dict[str, str]:
    return {metric.label: str(metric.value) for metric in page.metric}


def clean(page: AppTest) -> AppTest:
    page.run()
    assert not page.exception
    assert not page.error
    return page


def test_the_overview_counts_what_the_database_holds(reader: RunningStack) -> None:
    page = clean(made("overview", period="All"))
    shown = figures(page)
    assert shown["Files loaded"] == f"{warehouse.runs_with(reader, 'SUCCESS'):,}"
    assert shown["Files failed"] == f"{warehouse.runs_with(reader, 'FAILED'):,}"
    assert shown["Rows held, open"] == f"{warehouse.rows_open(reader, 'held'):,}"
    assert shown["Rows rejected, open"] == f"{warehouse.rows_open(reader, 'rejected'):,}"
    assert [text for label, text in shown.items() if label.startswith("Revenue")] == warehouse.net_amounts(reader)
    assert page.warning[0].value.startswith("Something needs attention")


def test_a_period_is_compared_with_the_one_before(reader: RunningStack) -> None:
    page = clean(made("overview", period="Custom", days=["2026-05-01", "2026-05-31"]))
    now = warehouse.totals(reader, "2026-05-01", "2026-06-01")["GBP"]
    before = warehouse.totals(reader, "2026-03-31", "2026-05-01")["GBP"]
    metrics = {metric.label: metric for metric in page.metric}
    assert metrics["Units"].value == f"{now['units']:,}"
    assert metrics["Revenue, GBP"].value == f"GBP {now['net']:,.2f}"
    for label, name in (("Units", "units"), ("Revenue, GBP", "net"), ("Carbon saved, CO2e", "saved")):
        change = float(now[name]) / float(before[name]) - 1  # type: ignore[arg-type] # numbers of any kind
        assert metrics[label].delta == f"{100 * change:+.1f} %"


def test_a_period_without_sales_between_others_has_figures_too() -> None:
    def draw() -> None:
        from datetime import date

        import pandas as pd

        from dashboard.period import Period
        from dashboard.views import overview

        columns = [
            "is_now",
            "currency",
            "units",
            "net_amount",
            "carbon_savings_kg",
            "sale_lines",
            "lines_with_footprint",
        ]
        nothing = pd.DataFrame(columns=columns)
        overview._totals(Period(date(2020, 1, 1), date(2020, 1, 31)), nothing, has_before=True)

    assert set(figures(clean(AppTest.from_function(draw)))) == {
        "Units", "Carbon saved, CO2e", "Sale lines with a known footprint",
    }  # fmt: skip


def test_the_table_has_the_newest_runs(reader: RunningStack) -> None:
    page = clean(made("pipeline"))
    assert figures(page)["Files loaded"] == f"{warehouse.runs_with(reader, 'SUCCESS'):,}"
    table = page.dataframe[0].value
    assert list(zip(table["object_name"], table["status"], strict=True))[:30] == [
        (name, status) for name, status, _ in warehouse.newest_runs(reader)
    ]
    assert table[table["status"] == "SUCCESS"]["balances"].eq("✓").all()
    assert any("rows read** = " in text.value for text in page.markdown)


@pytest.mark.usefixtures("reader")
def test_runs_are_filtered_by_the_url() -> None:
    table = clean(made("pipeline", status="SUCCESS", source="sales", window="7 days")).dataframe[0].value
    assert set(table["status"]) == {"SUCCESS"}
    assert set(table["source"]) == {"sales"}


def test_the_run_in_the_url_is_shown_with_its_reason(reader: RunningStack) -> None:
    [run, *_] = reader.rows("SELECT run_id, reason FROM eco.pipeline_run WHERE status = 'FAILED' ORDER BY started_at")
    # However old it is, and whatever else is asked for.
    page = clean(made("pipeline", run=str(run["run_id"]), status=["SUCCESS"]))
    assert run["reason"] in [text.value for text in page.text]


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("name", PATHS)
def test_a_filter_that_does_not_exist_is_no_error(name: str) -> None:
    odd = "'; DROP TABLE"
    page = made(name, source=odd, status=odd, run=odd, period="for ever", days="yesterday", country=odd, month=odd)
    clean(page)


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("name", period.PRESETS)
def test_every_period_is_drawn(name: str) -> None:
    assert "Carbon saved, CO2e" in figures(clean(made("sales", period=name)))


def test_sales_of_all_time_are_those_of_the_facts(reader: RunningStack) -> None:
    page = clean(made("sales", period="All"))
    shown = figures(page)
    [total] = warehouse.totals(reader, "2000-01-01", "2100-01-01").values()
    assert shown["Sale lines"] == f"{warehouse.sale_lines(reader):,}"
    assert shown["Units"] == f"{total['units']:,}"
    assert shown["Carbon saved, CO2e"] == f"{total['saved']:,.0f} kg"
    products = next(table.value for table in page.dataframe if "product_name" in table.value)
    assert (products["product_id"].iloc[0], products["units"].iloc[0]) == warehouse.best_product(reader)


def test_a_country_that_is_chosen_filters_the_figures_drawn_before_the_choice(reader: RunningStack) -> None:
    page = clean(made("sales", period="All"))
    whole = figures(page)["Sale lines"]
    page.multiselect(key="country").set_value(["Germany"])
    [total] = warehouse.totals(reader, "2000-01-01", "2100-01-01", country="Germany").values()
    assert figures(clean(page))["Sale lines"] == f"{total['lines']:,}" != whole
    page.multiselect(key="country").set_value([])
    assert figures(clean(page))["Sale lines"] == whole


def test_what_waits_for_a_decision_is_said_first(reader: RunningStack) -> None:
    assert figures(clean(made("review"))) == {
        "Rows held, open": f"{warehouse.rows_open(reader, 'held'):,}",
        "Rows rejected, open": f"{warehouse.rows_open(reader, 'rejected'):,}",
    }


def test_a_country_in_the_url_filters_every_figure(reader: RunningStack) -> None:
    page = clean(made("sales", period="All", country="Germany"))
    [total] = warehouse.totals(reader, "2000-01-01", "2100-01-01", country="Germany").values()
    assert figures(page)["Units"] == f"{total['units']:,}"
    materials = next(table.value for table in page.dataframe if "product_kg_method" in table.value)
    assert materials["units"].sum() == total["units"]
    assert float(materials["carbon_savings_kg"].sum()) == pytest.approx(float(total["saved"]))  # type: ignore[arg-type]


@pytest.mark.usefixtures("reader")
def test_a_product_that_nobody_knows_is_no_error() -> None:
    page = clean(made("sales", product="no such product"))
    assert any("No product has the id" in info.value for info in page.info)


def test_storage_shows_every_partition_and_that_a_month_is_read_alone(reader: RunningStack) -> None:
    page = clean(made("storage"))
    partitions = page.dataframe[0].value
    assert len(partitions) == len(reader.rows("SELECT partition_name FROM eco.sales_partition"))
    assert any("**1 partition of" in text.value for text in page.markdown)
    pools = next((table.value for table in page.dataframe if "cl_active" in table.value), None)
    assert pools is not None
    assert "eco_reader" in set(pools["user"])


def test_without_the_poolers_console_the_page_says_so(reader: RunningStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECO_DB_PORT", str(reader.home.port("postgres")))
    page = clean(made("storage"))
    assert any("managed proxy" in info.value for info in page.info)


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("name", PATHS)
def test_an_empty_warehouse_says_what_to_do_next(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("ECO_DB_NAME", pipeline.name)
    page = clean(made(name))
    told = " ".join(info.value for info in page.info)
    assert any(word in told for word in ("make up", "python -m local", "maintain", "Choose a file"))


@pytest.mark.parametrize("name", PATHS)
def test_without_a_database_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setenv("ECO_DB_PORT", str(closed.getsockname()[1]))
        page = made(name).run()
    assert not page.exception
    assert ["does not answer" in error.value for error in page.error] == [True]


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECO_DB_PORT", "many")
    page = made("overview").run()
    assert not page.exception
    assert ["ECO_DB_PORT" in error.value for error in page.error] == [True]


def test_quality_counts_what_the_log_and_the_ledger_hold(reader: RunningStack) -> None:
    page = clean(made("quality", source="sales", period="All"))
    [counted] = reader.rows(
        "SELECT count(*) AS files, sum(rows_read) AS read, sum(rows_held) AS held FROM eco.pipeline_run"
        " WHERE source = 'sales'"
    )
    shown = figures(page)
    assert (shown["Files"], shown["Rows read"]) == (f"{counted['files']:,}", f"{counted['read']:,}")
    tables = [table.value for table in page.dataframe]
    [reasons] = [table for table in tables if "logged_rows" in table and "reason" in table]
    logged = reader.rows(
        "SELECT kind, count(*) AS rows FROM eco.quality_log JOIN eco.pipeline_run USING (run_id)"
        " WHERE source = 'sales' AND kind IN ('held', 'rejected') GROUP BY kind"
    )
    assert reasons.groupby("kind")["logged_rows"].sum().to_dict() == {row["kind"]: row["rows"] for row in logged}


def test_the_columns_of_the_file_in_the_url_are_shown(reader: RunningStack) -> None:
    [run] = reader.rows(
        "SELECT run_id, nulls FROM eco.run_column_quality JOIN eco.pipeline_run USING (run_id)"
        " WHERE column_name = 'customer_id' AND source = 'sales' ORDER BY nulls DESC LIMIT 1"
    )
    page = clean(made("quality", source="sales", period="All", run=str(run["run_id"])))
    columns = page.dataframe[-1].value.set_index("column_name")
    assert columns.loc["customer_id", "nulls"] == run["nulls"]


def test_review_shows_what_the_filters_in_the_url_ask_for(reader: RunningStack) -> None:
    page = clean(made("review", state="open", kind="held", reason="unit price"))
    rows = reader.rows(
        "SELECT quality_id FROM eco.quality_log WHERE review_state = 'open' AND kind = 'held'"
        " AND reason ILIKE '%unit price%' ORDER BY quality_id"
    )
    assert page.dataframe[0].value["quality_id"].tolist() == [row["quality_id"] for row in rows][:200]
    assert not any(button.label.startswith(("Release", "Dismiss")) for button in page.button)


@pytest.mark.usefixtures("reader")
def test_whoever_may_not_review_is_told_how_to() -> None:
    page = clean(made("review"))
    assert any("ECO_REVIEWER_PASSWORD" in info.value for info in page.info)
