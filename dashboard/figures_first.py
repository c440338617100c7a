"""The figures of a page before its charts and tables."""

from __future__ import annotations

import time

import streamlit as st

BREATH_SECONDS = 0.5


def shown(page: str) -> None:
    """Let a browser that has just come to a page show what was drawn so far.

    What follows at once keeps it busy: it would show the figures only when the charts are ready too. On a busy machine
    half of this is too short for it.
    """
    seen: set[str] = st.session_state.setdefault("figures_seen", set())
    if page not in seen:
        seen.add(page)
        time.sleep(BREATH_SECONDS)
