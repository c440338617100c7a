"""What was sold, by time, product, country and loyalty, and the emissions that it avoided."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import streamlit as st

from dashboard import (
    carbon_section,
    figures_first,
    filters,
    outage,
    picture,
    product_section,
    queries,
    sales_charts,
    table,
    time_charts,
)
from dashboard import format as show
from dashboard.filters import Choice
from dashboard.period import Period

REFRESH_SECONDS = 60
EMPTY = (
    "No sales yet. `make up` loads a sample shop; `python -m local upload FILE --prefix sales/` uploads a file "
    "of your own."
)
NOTHING = "No sales of this kind in this period. Choose a longer one, or drop a filter."
MOST_COUNTRIES, MOST_PRODUCTS = 40, 20
NO_COUNTRY, NO_TIER = "not stated", "none known"


@st.fragment(run_every=REFRESH_SECONDS)
def page() -> None:
    """The page, redrawn every minute."""
    with outage.told():
        span = queries.sales_span()
        if span is None:
            st.info(EMPTY, icon=":material/upload_file:")
        elif period := filters.chosen_period(*span):
            _draw(period)


def _draw(period: Period) -> None:
    # The figures do not wait for a list of all countries to be drawn.
    above = st.container()
    choice = known = filters.known(period)
    if choice is None:
        with above:
            choice = filters.chosen(period)
    volume = queries.sales_volume(choice, period.bucket)
    st.caption(f"{show.day(period.first)} to {show.day(period.last)}, by {period.bucket}")
    if len(volume):
        _figures(volume)
        figures_first.shown("sales")
    else:
        st.info(NOTHING, icon=":material/event_busy:")
    if known is not None:
        with above:
            filters.chosen(period)
    if len(volume):
        _sections(volume, choice)


def _sections(volume: pd.DataFrame, choice: Choice) -> None:
    _over_time(volume, choice.period.bucket)
    _countries(choice)
    _loyalty(choice)
    products = queries.of_choice("top_products", choice, MOST_PRODUCTS)
    product_section.draw(products, choice)
    carbon_section.draw(volume, choice)


def _figures(volume: pd.DataFrame) -> None:
    with st.container(horizontal=True):
        st.metric("Sale lines", show.number(int(volume["sale_lines"].sum())), border=True)
        st.metric("Units", show.number(int(volume["units"].sum())), border=True)
        for currency, total in amounts(volume).items():
            st.metric(f"Revenue, {currency}", show.amount(total, currency), border=True)


def _over_time(volume: pd.DataFrame, bucket: str) -> None:
    st.header("Over time", anchor="time")
    for currency in amounts(volume):
        chart = time_charts.net_amount(volume, bucket, currency)
        picture.draw(chart, key=f"net_amount_{currency}", alt=f"Net amount in {currency} by {bucket}")
    picture.draw(time_charts.units(volume, bucket), key="units", alt=f"Units by {bucket}")
    columns: table.Columns = {
        "sale_date": bucket,
        "currency": "currency",
        "sale_lines": table.count("sale lines"),
        "units": table.count("units"),
        "net_amount": table.decimal("revenue"),
        "carbon_savings_kg": table.decimal("kg CO2e saved"),
        "lines_with_footprint": table.count("lines with a footprint"),
    }
    with st.expander("These figures as a table"):
        table.draw(volume, columns, "sales_by_time", f"Sales by {bucket} and currency")


def amounts(volume: pd.DataFrame) -> dict[str, Decimal]:
    """The net amount of each currency, by name; never a sum of different currencies."""
    return {
        str(currency): sum(rows["net_amount"], Decimal(0)) for currency, rows in volume.groupby("currency", sort=True)
    }


def _countries(choice: Choice) -> None:
    st.header("Countries", anchor="countries")
    countries = queries.of_choice("top_countries", choice, MOST_COUNTRIES).fillna({"country": NO_COUNTRY})
    _by("country", countries, "Sales by country and currency")


def _loyalty(choice: Choice) -> None:
    st.header("Loyalty at the time of the sale", anchor="loyalty")
    tiers = queries.of_choice("loyalty", choice).fillna({"loyalty_tier": NO_TIER})
    _by("loyalty_tier", tiers, "Sales by loyalty tier at the time of the sale")


def _by(column: str, rows: pd.DataFrame, alt: str) -> None:
    """A chart of units and a table of amounts, beside each other where there is room."""
    chart, figures = st.columns(2)
    with chart:
        picture.draw(sales_charts.units_by(rows, column), key=f"by_{column}", alt=alt)
    with figures:
        table.draw(rows, _columns(column), f"sales_by_{column}", alt)


def _columns(column: str) -> table.Columns:
    return {
        column: column.replace("_", " "),
        "currency": "currency",
        "net_amount": table.decimal("revenue"),
        "units": table.count("units"),
        "sale_lines": table.count("sale lines"),
    }
