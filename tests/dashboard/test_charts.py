"""What the charts draw."""

from datetime import date
from typing import Any

import altair as alt
import pandas as pd
import pytest

from dashboard import charts, sales_charts, stage_chart, time_charts
from dashboard.period import Period
from tests.dashboard.frames import failed, run, versions, volume


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


def test_units_of_a_day_stand_on_each_other() -> None:
    rows = drawn(time_charts.units(volume(), "day"))
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
        time_charts.units(volume(), "day"),
        time_charts.net_amount(volume(), "week", "EUR"),
        time_charts.carbon(volume(), "month"),
        time_charts.coverage(volume(), "day"),
    ):
        assert specification(chart)["encoding"]["x"]["scale"]["type"] == "utc"


@pytest.mark.parametrize(("days", "ticks"), [(1, 1), (12, 12), (13, 7), (92, 12)])
def test_a_day_is_named_once_on_the_axis(days: int, ticks: int) -> None:
    dates = pd.date_range("2026-06-01", periods=days)
    many = pd.DataFrame({"sale_date": dates, "currency": "GBP", "units": 1})
    values = specification(time_charts.units(many, "day"))["encoding"]["x"]["axis"]["values"]
    assert len({(value["month"], value["date"]) for value in values}) == len(values) == ticks
    assert values[0] == {"year": 2026, "month": 6, "date": 1, "utc": True}


def test_a_stage_is_a_bar_from_its_begin_to_its_end_in_seconds() -> None:
    begin = pd.Timestamp("2026-06-01 09:00:00", tz="UTC")
    times = [begin + pd.Timedelta(seconds=seconds) for seconds in (0, 2, 2.5, 4)]
    stages = pd.DataFrame(
        {"part_no": 0, "stage": ["validate", "score", "load"], "began_at": times[:-1], "ended_at": times[1:]}
    )
    rows = drawn(stage_chart.timeline(stages))
    assert rows[["from", "to"]].to_numpy().tolist() == [[0, 2], [2, 2.5], [2.5, 4]]
    assert rows["part"].unique().tolist() == ["part 1"]
    assert rows["began_utc"].iloc[0] == "2026-06-01 09:00:00.000"


def test_a_price_is_a_step_where_a_version_begins_and_goes_on_to_the_end_of_the_period() -> None:
    rows = drawn(sales_charts.price_steps(versions(), Period(date(2026, 5, 1), date(2026, 6, 30))))
    assert [f"{at:%m-%d}" for at in rows["at"]] == ["05-01", "06-10", "07-01"]
    assert rows["list_price"].tolist() == [10.0, 12.5, 12.5]


def test_a_version_that_ended_before_the_period_is_not_drawn() -> None:
    rows = drawn(sales_charts.price_steps(versions(), Period(date(2026, 6, 11), date(2026, 6, 30))))
    assert rows["list_price"].tolist() == [12.5, 12.5]


def test_materials_that_are_known_in_several_ways_are_one_bar() -> None:
    found = pd.DataFrame(
        {"material": ["Glass", "Glass", "Wood"], "carbon_savings_kg": [1.5, 2.5, -1.0], "units": [1, 2, 3]}
    )
    rows = drawn(sales_charts.carbon_by(found, "material"))
    assert rows[["material", "kg", "units"]].to_numpy().tolist() == [["Glass", 4.0, 3], ["Wood", -1.0, 3]]
