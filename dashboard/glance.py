"""The figures at a glance that more than one page shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import format as show

# What it is called, what the queries call it, what it means.
FILES = (
    ("Files under way", "running", "Runs with status RUNNING."),
    ("Files failed", "failed", "Runs with status FAILED, ever: the page Pipeline says why."),
    ("Files loaded", "succeeded", "Runs with status SUCCESS: every row is accounted for."),
)
OPEN_ROWS = (
    ("Rows held, open", "held_open", "Unusual sales that wait for a person to release or dismiss them."),
    ("Rows rejected, open", "rejected_open", "Rows that break the contract of their file."),
)


def draw(counts: Mapping[str, Any], figures: tuple[tuple[str, str, str], ...]) -> None:
    """Figures of whole numbers, beside each other where the caller has opened a row."""
    for label, name, meaning in figures:
        st.metric(label, show.number(counts[name]), help=meaning, border=True)
