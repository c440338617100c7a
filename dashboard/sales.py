"""Section 3: what was sold, by day and currency, and the emissions that it avoided."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import streamlit as st

from dashboard import format as show
from dashboard import outage, period, queries, time_charts
from dashboard.period import Period
from functions.carbon import FACTOR_SET

REFRESH_SECONDS = 60
EMPTY = (
    "No sales yet. `make up` loads a sample shop; `python -m local upload FILE --prefix sales/` uploads a file "
    "of your own."
)
NO_FOOTPRINT = (
    "No sale of this period has a known footprint. Upload a file of products with their material and weight: "
    "`python -m local upload products.csv --prefix products/`"
)
MEANING = (
    "Avoided emissions: the footprint of a comparable conventional product minus that of the product sold, for each "
    "unit sold; returns subtract. It is a comparison between two products, not an inventory of the shop's emissions. "
    f"Factor source: {FACTOR_SET}."
)


@st.fragment(run_every=REFRESH_SECONDS)
def section() -> None:
    """Sales and carbon of the chosen period, redrawn every minute."""
    st.header("Sales and carbon", anchor="sales")
    with outage.told():
        span = queries.sales_span()
        if span is None:
            st.info(EMPTY, icon=":material/upload_file:")
        elif chosen := _period(*span):
            _draw(chosen)


def _period(first_sale: date, last_sale: date) -> Period | None:
    """The chosen period, which stands in the URL; None while only one of its two days has been picked."""
    name = st.segmented_control(
        "Period", period.PRESETS, default=period.DEFAULT, required=True, key="period", bind="query-params"
    )
    if name != period.CUSTOM:
        return period.preset(name, first_sale, last_sale)
    usual = period.preset(period.DEFAULT, first_sale, last_sale)
    days = st.date_input(
        "From and to",
        (usual.first, usual.last),
        min_value=first_sale,
        max_value=last_sale,
        key="days",
        bind="query-params",
        format="YYYY-MM-DD",
    )
    return Period(days[0], days[1]) if isinstance(days, tuple) and len(days) == 2 else None


def _draw(chosen: Period) -> None:
    volume = queries.sales_volume(chosen.since, chosen.until, chosen.bucket)
    st.caption(f"{show.day(chosen.first)} to {show.day(chosen.last)}, by {chosen.bucket}")
    if volume.empty:
        st.info("No sales in this period. Choose a longer one.", icon=":material/event_busy:")
        return
    _sales(volume, chosen.bucket)
    _carbon(volume, chosen.bucket)


def _sales(volume: pd.DataFrame, bucket: str) -> None:
    currencies = amounts(volume)
    with st.container(horizontal=True):
        st.metric("Sale lines", show.number(int(volume["sale_lines"].sum())), border=True)
        for currency, total in currencies.items():
            st.metric("Net amount", show.amount(total, currency), border=True)
    st.altair_chart(time_charts.sale_lines(volume, bucket), key="sale_lines", alt=f"Sale lines by {bucket}")
    for currency in currencies:
        chart = time_charts.net_amount(volume, bucket, currency)
        st.altair_chart(chart, key=f"net_amount_{currency}", alt=f"Net amount in {currency} by {bucket}")


def amounts(volume: pd.DataFrame) -> dict[str, Decimal]:
    """The net amount of each currency, by name; never a sum of different currencies."""
    return {
        str(currency): sum(rows["net_amount"], Decimal(0)) for currency, rows in volume.groupby("currency", sort=True)
    }


def _carbon(volume: pd.DataFrame, bucket: str) -> None:
    st.subheader("Carbon saved", anchor="carbon")
    st.caption(MEANING)
    lines, known = int(volume["sale_lines"].sum()), int(volume["lines_with_footprint"].sum())
    with st.container(horizontal=True):
        st.metric("Carbon saved, CO2e", show.kilograms(saved(volume)), border=True)
        st.metric("Sale lines with a known footprint", show.share(known, lines), border=True)
    if known == 0:
        st.info(NO_FOOTPRINT, icon=":material/help:")
        return
    st.altair_chart(time_charts.carbon(volume, bucket), key="carbon", alt=f"Avoided emissions by {bucket}")
    st.altair_chart(time_charts.coverage(volume, bucket), key="coverage", alt=f"Known footprints by {bucket}")


def saved(volume: pd.DataFrame) -> Decimal | None:
    """The carbon saved of all sales whose footprint is known; None where none is."""
    known = volume["carbon_savings_kg"].dropna()
    return sum(known, Decimal(0)) if len(known) else None
