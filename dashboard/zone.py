"""Instants in the time zone of whoever looks, with UTC beside or behind them."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd
import streamlit as st

from dashboard import format as show


def viewer() -> tzinfo:
    """The time zone of the browser; UTC where it does not say one that is known here."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def name() -> str:
    """What the viewer's time zone is called."""
    return str(viewer())


def moment(value: datetime) -> str:
    """A day and time where the viewer is."""
    return show.moment(value.astimezone(viewer()))


def in_utc(value: datetime) -> str:
    """The same in UTC, for what appears on hover."""
    return f"{show.moment(value.astimezone(UTC))} UTC"


def here(times: pd.Series) -> pd.Series:
    """Instants of a table where the viewer is; what is missing stays missing."""
    return pd.to_datetime(times, utc=True).dt.tz_convert(viewer())


def utc_text(times: pd.Series) -> pd.Series:
    """Instants of a table in UTC, as text that no browser turns into its own zone."""
    return pd.to_datetime(times, utc=True).dt.strftime("%Y-%m-%d %H:%M:%S")
