"""Charts over time: pure functions from the volume of sales to what is drawn."""

from __future__ import annotations

import altair as alt
import pandas as pd

CURRENCY_COLORS = ("#0072b2", "#cc79a7", "#56b4e9", "#e69f00", "#009e73", "#d55e00", "#8f99a3")
CARBON_COLOR = "#009e73"
AMOUNT_COLOR = "#0072b2"
COVERAGE_COLOR = "#8f99a3"
HEIGHT = 220
BUCKET_LENGTH = {"day": pd.DateOffset(days=1), "week": pd.DateOffset(weeks=1), "month": pd.DateOffset(months=1)}
AXIS_DATES = {"day": "%-d %b", "week": "%-d %b %y", "month": "%b %Y"}
BUCKET_NAMES = {"day": "{0.day} {0:%b %Y}", "week": "week from {0.day} {0:%b %Y}", "month": "{0:%B %Y}"}
MOST_TICKS = 12
BAR_SHARE = 0.85  # of the width of a bucket; the rest is a gap


def units(volume: pd.DataFrame, bucket: str) -> alt.Chart:
    """Units by time; they can be added up across currencies, so their bars are stacked."""
    chart: alt.Chart = _bars(volume, bucket, "units", "units", ",d").encode(
        color=alt.Color("currency:N", title=None, scale=alt.Scale(range=CURRENCY_COLORS), legend=_legend(volume))
    )
    return chart


def net_amount(volume: pd.DataFrame, bucket: str, currency: str) -> alt.Chart:
    """The net amount by time, in one currency."""
    of_currency = volume[volume["currency"] == currency]
    return _bars(of_currency, bucket, "net_amount", f"net amount, {currency}", ",.2f", AMOUNT_COLOR)


def carbon(volume: pd.DataFrame, bucket: str) -> alt.Chart:
    """Avoided emissions by time, all currencies together; what is unknown is missing, not zero."""
    return _bars(by_time(volume), bucket, "carbon_savings_kg", "kg CO2e avoided", ",.1f", CARBON_COLOR)


def coverage(volume: pd.DataFrame, bucket: str) -> alt.Chart:
    """The share of sale lines with a known footprint, by time."""
    bars = _bars(by_time(volume), bucket, "coverage", "known footprint", ".1%", COVERAGE_COLOR)
    scale = alt.Scale(domain=[0, 1])
    chart: alt.Chart = bars.encode(y=alt.Y("top:Q", title="known footprint", scale=scale).axis(format="%"))
    return chart


def by_time(volume: pd.DataFrame) -> pd.DataFrame:
    """Carbon, sale lines and coverage by time, across currencies."""
    numbers = volume.assign(carbon_savings_kg=pd.to_numeric(volume["carbon_savings_kg"]))
    times = numbers.groupby("sale_date", as_index=False)
    totals = times[["sale_lines", "lines_with_footprint"]].sum()
    totals["carbon_savings_kg"] = times["carbon_savings_kg"].sum(min_count=1)["carbon_savings_kg"]
    return totals.assign(coverage=totals["lines_with_footprint"] / totals["sale_lines"])


def _bars(
    volume: pd.DataFrame, bucket: str, column: str, title: str, number_format: str, color: str = AMOUNT_COLOR
) -> alt.Chart:
    when = alt.Tooltip("bucket:N", title="when")
    # The scale is in UTC: left to itself, Vega would show days in the time zone of the browser.
    chart: alt.Chart = (
        alt.Chart(_with_times(_stacked(volume, column), bucket))
        .mark_bar(color=color)
        .encode(
            x=alt.X("start:T", title=None, scale=alt.Scale(type="utc"), axis=_days(volume, bucket)),
            x2=alt.X2("end:T"),
            y=alt.Y("top:Q", title=title),
            y2=alt.Y2("bottom:Q"),
            tooltip=[when, *_currency_tooltip(volume), alt.Tooltip(f"{column}:Q", title=title, format=number_format)],
        )
        .properties(height=HEIGHT)
    )
    return chart


def _days(volume: pd.DataFrame, bucket: str) -> alt.Axis:
    """Some of the buckets as ticks; Vega's own choice would name a day several times where there are few."""
    starts = pd.to_datetime(volume["sale_date"], utc=True).drop_duplicates().sort_values()
    ticks = starts.iloc[:: 1 + (len(starts) - 1) // MOST_TICKS]
    values = [alt.DateTime(year=start.year, month=start.month, date=start.day, utc=True) for start in ticks]
    return alt.Axis(format=AXIS_DATES[bucket], values=values, labelOverlap=True)


def _stacked(volume: pd.DataFrame, column: str) -> pd.DataFrame:
    """Where each bar begins and ends in height: currencies of the same day stand on each other."""
    numbers = pd.to_numeric(volume[column])
    top = numbers.groupby(volume["sale_date"]).cumsum()
    return volume.assign(**{column: numbers, "top": top, "bottom": top - numbers})


def _with_times(volume: pd.DataFrame, bucket: str) -> pd.DataFrame:
    """Where the bar of each row begins and ends, and what its bucket is called."""
    start = pd.to_datetime(volume["sale_date"], utc=True)
    return volume.drop(columns="sale_date").assign(
        start=start,
        end=start + BAR_SHARE * (start + BUCKET_LENGTH[bucket] - start),
        bucket=[BUCKET_NAMES[bucket].format(day) for day in start],
    )


def _currency_tooltip(volume: pd.DataFrame) -> list[alt.Tooltip]:
    return [alt.Tooltip("currency:N")] if "currency" in volume.columns else []


def _legend(volume: pd.DataFrame) -> alt.Legend | None:
    return alt.Legend(orient="top") if volume["currency"].nunique() > 1 else None
