"""Is everything all right? One line that says so and what to do, and the figures behind it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import charts, figures_first, filters, glance, outage, picture, queries, table, zone
from dashboard import format as show
from dashboard.period import Period
from functions.alert_text import KINDS

REFRESH_SECONDS, SALES_REFRESH_SECONDS = 5, 60
EMPTY = (
    "No file has arrived yet. `make up` loads a sample shop; `python -m local upload FILE --prefix sales/` "
    "uploads a file of your own."
)
NO_SALES = "No sales yet. They appear here as soon as a file of sales is loaded."
# Kinds of alerts that the verdict counts itself, at once: alerts wait for maintenance.
SEEN_ANYHOW = ("failed_run", "hanging_run", "partition_horizon")
WELL = "All is right: no file failed lately, nothing hangs, and there is room for the months ahead."


def page() -> None:
    """The page; health is redrawn every few seconds, sales every minute."""
    _health()
    _sales()


@st.fragment(run_every=REFRESH_SECONDS)
def _health() -> None:
    with outage.told():
        health = queries.health()
        if health["runs"] == 0:
            st.info(EMPTY, icon=":material/upload_file:")
            return
        alerts = queries.alerts()
        _verdict(health, alerts)
        _figures(health, queries.arrivals())
        figures_first.shown("overview")
        last_file(health)
        _alerts(alerts)
        _arrivals(queries.arrivals())
        _freshness(queries.freshness())


def _verdict(health: Mapping[str, Any], alerts: pd.DataFrame) -> None:
    found = troubles(health, alerts)
    if found:
        st.warning(f"Something needs attention: {'; '.join(found)}.", icon=":material/warning:")
    else:
        st.success(WELL, icon=":material/check_circle:")
    with st.container(horizontal=True):
        if health["failed_lately"]:
            st.link_button("Show the failed files", "pipeline?status=FAILED", icon=":material/arrow_forward:")
        if waiting := int(health["held_open"]) + int(health["rejected_open"]):
            st.link_button(f"Decide about {show.counted(waiting, 'row')}", "review", icon=":material/arrow_forward:")


def troubles(health: Mapping[str, Any], alerts: pd.DataFrame) -> list[str]:
    """What a person has to look at, each with what to do; empty where all is right."""
    failed, hanging = int(health["failed_lately"]), int(health["hanging"])
    found = []
    if failed:
        found.append(
            f"{show.counted(failed, 'file')} failed in the last {queries.FAILED_WINDOW_HOURS} hours of uploads and no "
            "good upload replaces them yet: read why on the page Pipeline, correct the file, upload it again"
        )
    if hanging:
        found.append(
            f"{show.counted(hanging, 'run')} without progress for over {health['hang_minutes']} minutes: maintenance "
            "delivers them again; if they stay, the logs of the functions say why"
        )
    if not int(health["months_ahead"]):
        found.append("no partition is ready for next month: run `maintain`")
    others = alerts[~alerts["kind"].isin(SEEN_ANYHOW)]["kind"].value_counts()
    found += [_alert(str(kind), int(count)) for kind, count in others.items()]
    return found


def _alert(kind: str, count: int) -> str:
    said = KINDS[kind].one if count == 1 else f"{count:,} {KINDS[kind].many}"
    return f"{said[0].lower()}{said[1:]}, as the alerts below say"


def _alerts(alerts: pd.DataFrame) -> None:
    if alerts.empty:
        return
    st.header("Alerts", anchor="alerts")
    shown = alerts.assign(
        alert=[KINDS[kind].one for kind in alerts["kind"]],
        first_seen_at=zone.here(alerts["first_seen_at"]),
        last_seen_at=zone.here(alerts["last_seen_at"]),
        utc=zone.utc_text(alerts["last_seen_at"]),
    )
    columns: table.Columns = {
        "alert": st.column_config.TextColumn("alert", width="medium"),
        "object_name": st.column_config.TextColumn("file", width="medium"),
        "what": st.column_config.TextColumn("what", width="large"),
        "advice": st.column_config.TextColumn("what to do", width="large"),
        "seen": table.count("times"),
        "last_seen_at": table.instant("last seen", zone.name()),
        "utc": "last seen, UTC",
    }
    table.draw(shown, columns, "alerts", "Alerts that stand")


def _figures(health: Mapping[str, Any], arrivals: pd.DataFrame) -> None:
    today = arrivals.iloc[-1]
    usual = None if pd.isna(today["usual"]) else float(today["usual"])
    told = f"usual on such a day: {show.number(usual)}" if usual is not None else "no such weekday before to compare"
    change = show.change(today["rows_read"], usual)
    with st.container(horizontal=True):
        st.metric(
            "Rows today",
            show.number(today["rows_read"]),
            help=f"Rows of the files uploaded since midnight UTC; {told} (median of the same weekday of other weeks).",
            border=True,
            delta=change,
            delta_color="off",
            delta_description="against the usual" if change else None,
        )
        glance.draw(health, glance.FILES + glance.OPEN_ROWS)


def last_file(health: Mapping[str, Any]) -> None:
    """The newest file, how it stands, and when it came; UTC on hover."""
    when, now = health["last_started_at"], health["now"]
    name = show.code(health["last_file"])
    st.markdown(
        f"Last file: {name}, {health['last_status']}, {zone.moment(when)} ({show.ago(when, now)}). "
        f"As of {now.astimezone(zone.viewer()):%H:%M:%S}.",
        help=f"{zone.in_utc(when)}; as of {zone.in_utc(now)}",
    )


def _arrivals(arrivals: pd.DataFrame) -> None:
    st.header("Rows that arrived", anchor="arrivals")
    picture.draw(charts.arrivals(arrivals), key="arrivals", alt="Rows that arrived by day, and what is usual")


def _freshness(sources: pd.DataFrame) -> None:
    st.header("Freshness by source", anchor="freshness")
    aged = sources.assign(
        age=[show.ago(when, now) for when, now in zip(sources["last_upload"], sources["now"], strict=True)],
        last_upload=zone.here(sources["last_upload"]),
        utc=zone.utc_text(sources["last_upload"]),
    ).drop(columns="now")
    columns: table.Columns = {
        "source": "source",
        "age": "newest file",
        "last_status": "status",
        "last_file": st.column_config.TextColumn("its name", width="medium"),
        "files_of_week": table.count("files in 7 days"),
        "rows_of_week": table.count("rows in 7 days"),
        "last_upload": table.instant("uploaded", zone.name()),
        "utc": "uploaded, UTC",
    }
    table.draw(aged, columns, "freshness", "The newest file of each source")


@st.fragment(run_every=SALES_REFRESH_SECONDS)
def _sales() -> None:
    with outage.told():
        span = queries.sales_span()
        st.header("Sales and carbon", anchor="sales")
        if span is None:
            st.info(NO_SALES, icon=":material/upload_file:")
        elif period := filters.chosen_period(*span):
            _totals(period, queries.period_totals(period), has_before=period.before >= span[0])


def _totals(period: Period, totals: pd.DataFrame, has_before: bool) -> None:
    against = f"against the {show.counted(period.days, 'day')} before"
    st.caption(
        f"{show.day(period.first)} to {show.day(period.last)}"
        + (f", {against}" if has_before else "; there are not enough days before to compare with")
    )
    is_now = totals["is_now"].astype(bool)  # without sales, the column is of no type
    now, before = totals[is_now], totals[~is_now]
    with st.container(horizontal=True):
        for currency in now["currency"].map(str):
            revenue, earlier = (_sum(_of(sums, currency), "net_amount") for sums in (now, before))
            delta = show.change(revenue, earlier) if has_before else None
            st.metric(f"Revenue, {currency}", show.amount(revenue, currency), delta=delta, border=True)
        for label, name, written in (
            ("Units", "units", show.number),
            ("Carbon saved, CO2e", "carbon_savings_kg", show.kilograms),
        ):
            value = _sum(now, name)
            delta = show.change(value, _sum(before, name)) if has_before else None
            st.metric(label, written(value), delta=delta, border=True)
        lines, known = int(now["sale_lines"].sum()), int(now["lines_with_footprint"].sum())
        st.metric("Sale lines with a known footprint", show.share(known, lines), border=True)
    st.caption("Carbon saved is a comparison between two products, not an inventory; see the page Sales and carbon.")


def _of(totals: pd.DataFrame, currency: str) -> pd.DataFrame:
    return totals[totals["currency"] == currency]


def _sum(totals: pd.DataFrame, column: str) -> Decimal | None:
    """The sum of what is known; None where nothing is."""
    known = totals[column].dropna()
    return sum((Decimal(value) for value in known), Decimal(0)) if len(known) else None
