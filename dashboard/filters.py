"""The filters of sales. They stand in the URL, so that a link shows what its sender saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from dashboard import period, queries
from dashboard.period import Period

COUNTRY, CURRENCY = "country", "currency"


@dataclass(frozen=True)
class Choice:
    """What the sales page shows: a period, and the countries and currencies; none named means all."""

    period: Period
    countries: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()


def chosen_period(first_sale: date, last_sale: date) -> Period | None:
    """The chosen period; None while only one of its two days has been picked."""
    name = st.segmented_control(
        "Period", period.PRESETS, default=period.DEFAULT, required=True, key="period", bind="query-params"
    )
    if name != period.CUSTOM:
        return period.preset(str(name), first_sale, last_sale)
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


def known(of_period: Period) -> Choice | None:
    """What `chosen` will return, before it is drawn; None where only that can tell what of the URL counts."""
    if all(name in st.session_state or name not in st.query_params for name in (COUNTRY, CURRENCY)):
        return _choice(of_period, st.session_state.get(COUNTRY), st.session_state.get(CURRENCY))
    return None


def chosen(of_period: Period) -> Choice:
    """The period with the chosen countries and currencies."""
    choices = queries.sales_choices()
    names = {what: rows["name"].tolist() for what, rows in choices.groupby("what")}
    with st.container(horizontal=True):
        countries = st.multiselect(
            "Country", names.get("country", []), key=COUNTRY, bind="query-params", placeholder="all", width=420
        )
        currencies = st.pills(
            "Currency", names.get("currency", []), selection_mode="multi", key=CURRENCY, bind="query-params"
        )
    return _choice(of_period, countries, currencies)


def _choice(of_period: Period, countries: Sequence[str] | None, currencies: Sequence[str] | None) -> Choice:
    return Choice(of_period, tuple(sorted(countries or ())), tuple(sorted(currencies or ())))
