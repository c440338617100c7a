"""What the charts draw."""

from datetime import date
from typing import Any

import altair as alt
import pandas as pd
import pytest

from dashboard import charts, time_charts
from tests.dashboard.frames import failed, run, volume


def drawn(chart: alt.Chart) -> pd.DataFrame:
    assert isinstance(chart.data, pd.DataFrame)
    return chart.data


def specification(chart: alt.Chart) -> dict[str, Any]:
    """The chart as Vega-Lite; altair checks it against the schema on the way."""
    return chart.to_dict()


def test_each_run_has_a_bar_with_all_its_rows() -> None:
    runs = pd.DataFrame([run(), failed(), run("sales/a.csv", rows_read=3, rows_loaded=3)])
    rows = drawn(charts.accounting(runs))
    assert list(rows["run"].unique()) == ["sales/a.csv", "sales/b.csv", "sales/a.csv (2)"]
    assert rows[rows["run"] == "sales/a.csv"]["rows"].sum() == 10
    assert rows[rows["run"] == "sales/b.csv"]["rows"].sum() == 0
    assert set(rows["outcome"]) == {"loaded", "unchanged", "superseded", "held", "rejected"}


def test_the_newest_run_is_on_top() -> None:
    chart = specification(charts.accounting(pd.DataFrame([run("z.csv"), run("a.csv")])))
    assert chart["encoding"]["y"]["sort"] == ["z.csv", "a.csv"]


def test_labels_are_unique_even_where_names_end_alike() -> None:
    names = [f"{folder}/{'long-' * 6}name.csv" for folder in "abc"]
    assert len(set(charts.run_labels(names))) == 3


def test_amounts_are_drawn_one_currency_at_a_time() -> None:
    rows = drawn(time_charts.net_amount(volume(), "day", "GBP"))
    assert rows["net_amount"].tolist() == [60.25, -5.0]
    assert rows["bottom"].tolist() == [0, 0]


def test_sale_lines_of_a_day_stand_on_each_other() -> None:
    rows = drawn(time_charts.sale_lines(volume(), "day"))
    assert rows["bottom"].tolist() == [0, 4, 0]
    assert rows["top"].tolist() == [4, 10, 10]


def test_carbon_that_is_unknown_is_missing_and_counts_in_the_coverage() -> None:
    rows = time_charts.by_time(volume())
    assert rows["carbon_savings_kg"].tolist()[0] == 1.0
    assert rows["carbon_savings_kg"].isna().tolist() == [False, True]
    assert rows["coverage"].tolist() == [0.5, 0.0]


@pytest.mark.parametrize(
    ("bucket", "name", "days"),
    [("day", "1 Jun 2026", 1), ("week", "week from 1 Jun 2026", 7), ("month", "June 2026", 30)],
)
def test_a_bar_stays_inside_its_bucket(bucket: str, name: str, days: int) -> None:
    rows = drawn(time_charts.carbon(volume(), bucket))
    assert rows["bucket"].iloc[0] == name
    assert rows["start"].iloc[0].date() == date(2026, 6, 1)
    assert rows["end"].iloc[0] - rows["start"].iloc[0] == time_charts.BAR_SHARE * pd.Timedelta(days=days)


def test_days_are_utc_days_whatever_the_browser_thinks() -> None:
    for chart in (
        time_charts.sale_lines(volume(), "day"),
        time_charts.net_amount(volume(), "week", "EUR"),
        time_charts.carbon(volume(), "month"),
        time_charts.coverage(volume(), "day"),
    ):
        assert specification(chart)["encoding"]["x"]["scale"]["type"] == "utc"


@pytest.mark.parametrize(("days", "ticks"), [(1, 1), (12, 12), (13, 7), (92, 12)])
def test_a_day_is_named_once_on_the_axis(days: int, ticks: int) -> None:
    dates = pd.date_range("2026-06-01", periods=days)
    many = pd.DataFrame({"sale_date": dates, "currency": "GBP", "sale_lines": 1})
    values = specification(time_charts.sale_lines(many, "day"))["encoding"]["x"]["axis"]["values"]
    assert len({(value["month"], value["date"]) for value in values}) == len(values) == ticks
    assert values[0] == {"year": 2026, "month": 6, "date": 1, "utc": True}
