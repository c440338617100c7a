"""The frame of all pages. Run it with `streamlit run dashboard/app.py`; settings.py says what its environment sets."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st
from altair.utils import schemapi

# Streamlit puts the folder of this file on the path, not the one above it.
sys.path.insert(0, str(Path(__file__).parents[1]))

from dashboard import login, outage, zone
from dashboard.views import overview, pipeline, quality, review, sales, storage, upload

TITLE = "Eco-commerce data platform"
ICON = Path(__file__).with_name("icon.svg")
# A page is a module with a function `page`: title, path in the URL. The first is where one arrives. No icons: the
# browser would fetch that of the current page from Google. And not in a folder `pages`: whoever asked for one of them
# first of all would get its module run as a script.
PAGES = (
    ("Overview", "overview", overview.page),
    ("Pipeline", "pipeline", pipeline.page),
    ("Quality", "quality", quality.page),
    ("Review", "review", review.page),
    ("Sales and carbon", "sales", sales.page),
    ("Storage", "storage", storage.page),
    ("Upload", "upload", upload.page),
)


def main() -> None:
    """Draw the navigation, the banner of an outage where there is one, and the chosen page."""
    schemapi.disable_debug_mode()  # a chart is checked whole: each of its parts before would cost as much again
    pages = [
        st.Page(draw, title=title, url_path=path, default=not number)
        for number, (title, path, draw) in enumerate(PAGES)
    ]
    chosen = st.navigation(pages, position="top")
    st.set_page_config(page_title=f"{chosen.title} · {TITLE}", page_icon=str(ICON), layout="wide")
    st.title(chosen.title)
    with outage.told():
        if login.is_let_in():
            outage.watch()
            chosen.run()
    st.caption(f"Times are in {zone.name()}. Days of sales and months of storage are UTC.")


if __name__ == "__main__":
    main()
