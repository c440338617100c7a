"""A chart as every page shows it: with words that can be read on white and on black, and said to who cannot see it."""

from __future__ import annotations

from typing import Any

import streamlit as st

# Streamlit's own are too faint for small text: these have a contrast of at least 7 to 1.
TEXT = {"light": "#4a4f57", "dark": "#c8ccd4"}


def draw(chart: Any, key: str, alt: str) -> None:
    """Draw a chart; `alt` is what a screen reader says of it."""
    color = TEXT.get(str(st.context.theme.type), TEXT["light"])
    readable = (
        chart.configure_axis(labelColor=color, titleColor=color)
        .configure_legend(labelColor=color, titleColor=color)
        .configure_title(color=color)
    )
    st.altair_chart(readable, key=key, alt=alt)
