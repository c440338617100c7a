"""What the files of a source said twice, and what became of it: over time, and file by file."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import duplicate_charts, picture, table, zone
from dashboard import format as show

CHARTED_FILES = 40
MEANING = (
    "Rows that were there already: **unchanged** ones say what an earlier file said, **superseded** ones say something "
    "else than a newer file does, **rejected** repeats are of sources whose contract forbids them, and rows are **held "
    "again** where one of these files had a row held that says the same. Each is counted once, and none was loaded."
)
NONE = "No row of these files was there already."
REPEATS = (
    "Rows that keep their contract and are equal in every column to another row of the same file: lines of their own, "
    "unless the contract says otherwise."
)
NO_REPEATS = "None, in any file of this period."


def draw(files: pd.DataFrame) -> None:
    """Draw the section; `files` is what quality_duplicates returns, the newest first."""
    st.header("Duplicates", anchor="duplicates")
    st.caption(MEANING)
    charted = duplicate_charts.with_any(files).head(CHARTED_FILES)
    if len(charted):
        picture.draw(duplicate_charts.by_day(files), key="duplicates_by_day", alt="Duplicates by day of upload")
        st.caption(f"The newest {show.counted(len(charted), 'file')} with duplicates:")
        picture.draw(duplicate_charts.by_file(charted), key="duplicates_by_file", alt="Duplicates by file")
    else:
        st.caption(NONE)
    st.subheader("Repeated rows inside a file", anchor="repeats")
    st.caption(REPEATS)
    if _sum(files, "duplicate_rows"):
        chart = duplicate_charts.repeats(files.head(CHARTED_FILES))
        picture.draw(chart, key="repeats", alt="Share of repeated rows by file")
    else:
        st.caption(NO_REPEATS)
    with st.expander("These figures as a table"):
        _table(files)


def _table(files: pd.DataFrame) -> None:
    shown = files.assign(
        uploaded_at=zone.here(files["uploaded_at"]),
        utc=zone.utc_text(files["uploaded_at"]),
        run_id=files["run_id"].map(str),
    )
    columns: table.Columns = {
        "object_name": st.column_config.TextColumn("file", width="medium"),
        "rows_read": table.count("read"),
        "rows_unchanged": table.count("unchanged"),
        "rows_superseded": table.count("superseded"),
        "repeats_rejected": table.count("repeats rejected"),
        "held_again": table.count("held again"),
        "duplicate_rows": table.count("repeated inside"),
        "is_estimate": st.column_config.CheckboxColumn("estimated", help="Whether the repeats are estimated."),
        "uploaded_at": table.instant("uploaded", zone.name()),
        "utc": "uploaded, UTC",
    }
    table.draw(shown, columns, "duplicates", "Duplicates of the newest files")


def _sum(files: pd.DataFrame, column: str) -> int:
    return int(pd.to_numeric(files[column]).fillna(0).sum())
