"""The page. Run it with `streamlit run dashboard/app.py`.

The database is read from ECO_DB_HOST, ECO_DB_PORT, ECO_DB_NAME, ECO_DB_USER (eco_reader) and ECO_DB_PASSWORD.
"""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

# Streamlit puts the folder of this file on the path, not the one above it.
sys.path.insert(0, str(Path(__file__).parents[1]))

from dashboard import health, runs, sales

TITLE = "Eco-commerce data platform"
ICON = Path(__file__).with_name("icon.svg")


def main() -> None:
    """Draw the three sections from top to bottom."""
    st.set_page_config(page_title=TITLE, page_icon=str(ICON), layout="wide")
    st.title(TITLE)
    st.caption("What arrived, what became of every row, what was sold and what it saved. All times and days are UTC.")
    health.section()
    runs.section()
    sales.section()


if __name__ == "__main__":
    main()
