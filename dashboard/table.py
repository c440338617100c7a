"""A table as every page shows it: formatted columns, and all of it as CSV."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
Columns = Mapping[str, ColumnConfig | str | None]


def count(label: str, meaning: str | None = None) -> ColumnConfig:
    """A column of whole numbers."""
    return st.column_config.NumberColumn(label, help=meaning, format="localized", step=1)


def decimal(label: str, meaning: str | None = None) -> ColumnConfig:
    """A column of amounts or masses, with two decimals; its currency stands in a column beside it."""
    return st.column_config.NumberColumn(label, help=meaning, format="%,.2f")


def percent(label: str, meaning: str | None = None) -> ColumnConfig:
    """A column of shares from 0 to 1."""
    return st.column_config.NumberColumn(label, help=meaning, format="percent")


def instant(label: str, zone: str) -> ColumnConfig:
    """A column of instants where the viewer is."""
    return st.column_config.DatetimeColumn(label, format="D MMM YYYY HH:mm:ss", timezone=zone)


def draw(frame: pd.DataFrame, columns: Columns, key: str, alt: str, file: str | None = None, **options: Any) -> Any:
    """The columns named in `columns`, in their order, and a button that downloads every column as CSV.

    `file` is what the download is called, if not by the key; `options` are those of st.dataframe, and so is what comes
    back.
    """
    event = st.dataframe(
        as_numbers(frame),
        column_config=columns,
        column_order=list(columns),
        hide_index=True,
        placeholder="",
        key=key,
        alt=alt,
        **options,
    )
    st.download_button(
        "Download as CSV",
        data=lambda: as_csv(frame),
        file_name=f"{file or key}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=f"{key}_csv",
    )
    return event


def as_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with what the database counts exactly as numbers that can be formatted; only to be looked at."""
    exact = [name for name in frame if frame[name].map(lambda value: isinstance(value, Decimal)).any()]
    return frame.assign(**{str(name): pd.to_numeric(frame[name]) for name in exact})


def as_csv(frame: pd.DataFrame) -> str:
    """The table as CSV, exactly; text that a spreadsheet would take for a formula is quoted."""
    return frame.map(_not_a_formula).to_csv(index=False)


def _not_a_formula(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
