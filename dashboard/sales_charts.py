"""Charts of sales by country, tier, product and material: pure functions from rows to what is drawn."""

from __future__ import annotations

from datetime import UTC, datetime, time

import altair as alt
import pandas as pd

from dashboard import time_charts
from dashboard.format import tail
from dashboard.period import Period

BAR_PIXELS, FRAME_PIXELS, LABEL_PIXELS, LABEL_LENGTH = 22, 70, 200, 32
LEAST_PIXELS, PRICE_PIXELS = 120, 200
TICKS = 8
COST_COLOR = "#d55e00"  # where a product is worse than what it is compared with


def units_by(rows: pd.DataFrame, column: str) -> alt.Chart:
    """A bar a name, units in it by currency: they can be added up, amounts of different currencies cannot."""
    order = rows.groupby(column)["units"].sum().sort_values(ascending=False).index.tolist()
    chart: alt.Chart = (
        alt.Chart(rows[[column, "currency", "units", "sale_lines"]])
        .mark_bar()
        .encode(
            x=alt.X("units:Q", title="units", axis=alt.Axis(format="~s", tickCount=TICKS)),
            y=alt.Y(f"{column}:N", title=None, sort=order, axis=alt.Axis(labelLimit=LABEL_PIXELS)),
            color=alt.Color(
                "currency:N",
                title=None,
                scale=alt.Scale(range=time_charts.CURRENCY_COLORS),
                legend=alt.Legend(orient="top") if rows["currency"].nunique() > 1 else None,
            ),
            tooltip=[
                f"{column}:N",
                alt.Tooltip("currency:N"),
                alt.Tooltip("units:Q", format=",d"),
                alt.Tooltip("sale_lines:Q", title="sale lines", format=",d"),
            ],
        )
        .properties(height=_height(len(order)))
    )
    return chart


def carbon_by(rows: pd.DataFrame, column: str) -> alt.Chart:
    """A bar a name: avoided emissions, in another color where there are more instead of less."""
    numbers = rows.assign(kg=pd.to_numeric(rows["carbon_savings_kg"]))
    totals = numbers.groupby(column, as_index=False)[["kg", "units"]].sum().sort_values("kg", ascending=False)
    totals = totals.assign(label=[tail(str(name), LABEL_LENGTH) for name in totals[column]])
    chart: alt.Chart = (
        alt.Chart(totals)
        .mark_bar()
        .encode(
            x=alt.X("kg:Q", title="kg CO2e avoided", axis=alt.Axis(format="~s", tickCount=TICKS)),
            y=alt.Y("label:N", title=None, sort=totals["label"].tolist(), axis=alt.Axis(labelLimit=LABEL_PIXELS)),
            color=alt.condition("datum.kg < 0", alt.value(COST_COLOR), alt.value(time_charts.CARBON_COLOR)),
            tooltip=[
                alt.Tooltip(f"{column}:N"),
                alt.Tooltip("kg:Q", title="kg CO2e avoided", format=",.1f"),
                alt.Tooltip("units:Q", format=",d"),
            ],
        )
        .properties(height=_height(len(totals)))
    )
    return chart


def price_steps(stated: pd.DataFrame, period: Period) -> alt.Chart:
    """The list price over the period, a step where a version begins; versions outside of it are cut off."""
    steps = _steps(stated, period)
    chart: alt.Chart = (
        alt.Chart(steps)
        .mark_line(interpolate="step-after", point=True, strokeWidth=2)
        .encode(
            x=alt.X("at:T", title=None, scale=_span(period), axis=_days(period)),
            y=alt.Y("list_price:Q", title="list price", scale=alt.Scale(zero=False)),
            color=alt.Color(
                "currency:N", title=None, scale=alt.Scale(range=time_charts.CURRENCY_COLORS), legend=_legend(steps)
            ),
            tooltip=[
                alt.Tooltip("since:N", title="valid from, UTC"),
                alt.Tooltip("list_price:Q", title="list price", format=",.2f"),
                alt.Tooltip("currency:N"),
                alt.Tooltip("product_name:N", title="name"),
            ],
        )
        .properties(height=PRICE_PIXELS)
    )
    return chart


def _steps(stated: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Where each version that touches the period begins in it, and once more where the last one ends."""
    first, end = (datetime.combine(day, time(), UTC) for day in (period.first, period.end))
    ends = [end if valid_to == "infinity" else min(valid_to, end) for valid_to in stated["valid_to"]]
    rows = stated.assign(
        at=[max(begins, first) for begins in stated["valid_from"]],
        ends=ends,
        list_price=pd.to_numeric(stated["list_price"]),
        since=[f"{begins:%Y-%m-%d %H:%M}" for begins in stated["valid_from"]],
    )
    rows = rows[rows["at"] < rows["ends"]]
    last = rows.tail(1)
    both = pd.concat([rows, last.assign(at=last["ends"])])
    return both[["at", "list_price", "currency", "product_name", "since"]]


def product_units(sold: pd.DataFrame, period: Period) -> alt.Chart:
    """Units of one product over the same period as its price."""
    chart = time_charts.units(sold.assign(sale_lines=0), period.bucket)
    return chart.encode(x=alt.X("start:T", title=None, scale=_span(period), axis=_days(period)))


def _span(period: Period) -> alt.Scale:
    ends = [alt.DateTime(year=day.year, month=day.month, date=day.day, utc=True) for day in (period.first, period.end)]
    return alt.Scale(type="utc", domain=ends)


def _days(period: Period) -> alt.Axis:
    return alt.Axis(format=time_charts.AXIS_DATES[period.bucket], labelOverlap=True, tickCount=TICKS)


def _legend(rows: pd.DataFrame) -> alt.Legend | None:
    return alt.Legend(orient="top") if rows["currency"].nunique() > 1 else None


def _height(bars: int) -> int:
    return max(LEAST_PIXELS, FRAME_PIXELS + BAR_PIXELS * bars)


def rows_by_month(months: pd.DataFrame) -> alt.Chart:
    """A bar a partition, oldest first: about how many rows it has."""
    ordered = months.sort_values("first_day")
    shown = ordered.assign(month=[f"{day:%b %Y}" for day in ordered["first_day"]], size=ordered["size_bytes"] / 1e6)
    chart: alt.Chart = (
        alt.Chart(shown[["month", "estimated_rows", "size", "state"]])
        .mark_bar(color=time_charts.AMOUNT_COLOR)
        .encode(
            x=alt.X("month:N", title=None, sort=shown["month"].tolist(), axis=alt.Axis(labelOverlap=True)),
            y=alt.Y("estimated_rows:Q", title="rows", axis=alt.Axis(format="~s")),
            tooltip=[
                alt.Tooltip("month:N"),
                alt.Tooltip("estimated_rows:Q", title="rows, about", format=",d"),
                alt.Tooltip("size:Q", title="MB", format=",.1f"),
                alt.Tooltip("state:N"),
            ],
        )
        .properties(height=PRICE_PIXELS)
    )
    return chart
