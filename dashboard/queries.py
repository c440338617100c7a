"""What the page reads: one function a query, one SQL file each, kept for a few seconds for all who look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd
import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from functions.settings import Settings
from functions.warehouse import Warehouse, connect

KEEP_SECONDS = 5
STATEMENT_MILLISECONDS = 15_000
FAILED_WINDOW_HOURS = 24
NEWEST_RUNS = 30
NO_SOURCE = "none"


@st.cache_resource(show_spinner=False)
def settings() -> Settings:
    """The settings of this process; raises SettingsError where one cannot be read."""
    return Settings.from_environment()


@st.cache_resource(show_spinner=False)
def warehouse() -> Warehouse:
    """The warehouse as the dashboard's role sees it; one pool of connections for all sessions."""
    return connect(settings())


def read(name: str, **parameters: Any) -> pd.DataFrame:
    """The result of sql/dashboard/`name`.sql."""
    try:
        with warehouse().transaction() as transaction:
            transaction.run("dashboard/limit", milliseconds=str(STATEMENT_MILLISECONDS))
            result = transaction.run(f"dashboard/{name}", **parameters)
            return pd.DataFrame(result.fetchall(), columns=list(result.keys()))
    except (SQLAlchemyError, OSError):
        # Pooled connections to a database that went away are all dead: the next refresh opens new ones.
        warehouse().engine.dispose()
        raise


@st.cache_data(ttl=KEEP_SECONDS, show_spinner=False)
def health() -> dict[str, Any]:
    """The pipeline at a glance: the one row of sql/dashboard/health.sql."""
    hang_minutes = settings().redeliver_after_minutes
    frame = read("health", window_hours=FAILED_WINDOW_HOURS, hang_minutes=hang_minutes)
    figures = {str(name): value for name, value in frame.astype(object).iloc[0].items()}
    return {**figures, "hang_minutes": hang_minutes}


@st.cache_data(ttl=KEEP_SECONDS, show_spinner=False)
def sources() -> list[str]:
    """The sources that have sent files."""
    return [str(name) for name in read("sources", no_source=NO_SOURCE)["source"]]


@st.cache_data(ttl=KEEP_SECONDS, show_spinner=False)
def recent_runs(of_sources: Sequence[str], of_statuses: Sequence[str]) -> pd.DataFrame:
    """The newest runs of these sources and statuses, newest first; none named means all."""
    return read(
        "recent_runs",
        sources=list(of_sources),
        statuses=list(of_statuses),
        no_source=NO_SOURCE,
        newest=NEWEST_RUNS,
    )


@st.cache_data(ttl=KEEP_SECONDS, show_spinner=False)
def sales_span() -> tuple[date, date] | None:
    """The first day of the first month with sales and the newest day with one; None where there are no sales."""
    first_day, last_day = read("sales_span").iloc[0]
    return None if first_day is None or last_day is None else (first_day, last_day)


@st.cache_data(ttl=KEEP_SECONDS, show_spinner=False)
def sales_volume(since: datetime, until: datetime, bucket: str) -> pd.DataFrame:
    """Sales and carbon from `since` until before `until`, by bucket (day, week or month) and currency."""
    return read("sales_volume", since=since, until=until, bucket=bucket)
