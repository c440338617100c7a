"""The whole page on a real database, without a browser; and without a database."""

import socket
from collections.abc import Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import app, period
from tests.dashboard import warehouse
from tests.pipeline import Pipeline
from tests.running_stack import RunningStack

SECTIONS = ["Pipeline health", "Row accounting", "Sales and carbon"]


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """The page keeps its connections and results for all sessions of a process."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()


def made() -> AppTest:
    return AppTest.from_file(app.__file__, default_timeout=60)


@pytest.fixture
def page(shop: RunningStack, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    for name, value in shop.environment_of("eco_reader").items():
        monkeypatch.setenv(name, value)
    return made()


def figures(page: AppTest) -> dict[str, str]:
    return {metric.label: str(metric.value) for metric in page.metric}


def test_the_figures_are_those_of_the_database(shop: RunningStack, page: AppTest) -> None:
    page.query_params["period"] = "All"
    page.run()
    assert not page.exception
    assert [header.value for header in page.header] == SECTIONS
    shown = figures(page)
    assert shown["Files loaded"] == f"{warehouse.runs_with(shop, 'SUCCESS'):,}"
    assert shown["Files failed"] == f"{warehouse.runs_with(shop, 'FAILED'):,}"
    assert shown["Rows held, open"] == f"{warehouse.rows_open(shop, 'held'):,}"
    assert shown["Rows rejected, open"] == f"{warehouse.rows_open(shop, 'rejected'):,}"
    assert shown["Sale lines"] == f"{warehouse.sale_lines(shop):,}"
    assert [metric.value for metric in page.metric if metric.label == "Net amount"] == warehouse.net_amounts(shop)


def test_the_table_has_the_newest_runs(shop: RunningStack, page: AppTest) -> None:
    table = page.run().dataframe[0].value
    assert list(zip(table["object_name"], table["status"], strict=True)) == [
        (name, status) for name, status, _ in warehouse.newest_runs(shop)
    ]
    assert table[table["status"] == "SUCCESS"]["balances"].eq("✓").all()
    assert any(f"**{warehouse.rows_read(shop):,} rows read**" in text.value for text in page.markdown)


def test_filters_come_from_the_url(page: AppTest) -> None:
    page.query_params["status"] = "SUCCESS"
    page.query_params["source"] = "sales"
    table = page.run().dataframe[0].value
    assert not page.exception
    assert set(table["status"]) == {"SUCCESS"}
    assert set(table["source"]) == {"sales"}


def test_a_filter_that_does_not_exist_is_no_error(page: AppTest) -> None:
    page.query_params["source"] = "'; DROP TABLE"
    page.query_params["period"] = "for ever"
    page.query_params["days"] = "yesterday"
    assert not page.run().exception
    assert not page.error


@pytest.mark.parametrize("name", period.PRESETS)
def test_every_period_is_drawn(page: AppTest, name: str) -> None:
    page.query_params["period"] = name
    page.run()
    assert not page.exception
    assert not page.error
    assert "Carbon saved, CO2e" in figures(page)


def test_days_before_the_first_sale_are_not_to_be_had(page: AppTest) -> None:
    page.query_params["period"] = period.CUSTOM
    page.query_params["days"] = ["1066-10-14", "1066-10-15"]
    page.run()
    assert not page.exception
    assert figures(page)["Sale lines"] != "0"


def test_an_empty_warehouse_says_what_to_do_next(
    pipeline: Pipeline, page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECO_DB_NAME", pipeline.name)
    page.run()
    assert not page.exception
    assert [header.value for header in page.header] == SECTIONS
    assert len(page.info) == 3
    assert all("make up" in info.value and "python -m local upload" in info.value for info in page.info)


def test_without_a_database_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setenv("ECO_DB_PORT", str(closed.getsockname()[1]))
        page = made().run()
    assert not page.exception
    assert ["does not answer" in error.value for error in page.error] == [True]
    assert [header.value for header in page.header] == SECTIONS


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECO_DB_PORT", "many")
    page = made().run()
    assert not page.exception
    assert ["ECO_DB_PORT" in error.value for error in page.error] == [True]
