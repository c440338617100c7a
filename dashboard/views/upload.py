"""Send a file from the browser: what it is, what would become of it, and, once sent, what does."""

from __future__ import annotations

import pyarrow as pa
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard import format as show
from dashboard import login, outage, preview, sending, table
from dashboard.preview import Match, Preview
from dashboard.settings import current
from functions.errors import PermanentError
from functions.readers.detect import FORMATS

TYPES = [*(name.removeprefix(".") for name in FORMATS), "gz"]
NEXT = (
    "Choose a file, or drop one: nothing is sent before you say so. You see which contract it matches, and what would "
    "be read, rejected and held."
)
KEPT_FILES = 8
SHOWN_PASSING = 20
HIDDEN = ("source_row", "anomaly_score", "anomaly_reason", "operation")


def page() -> None:
    """The page."""
    with outage.told():
        by = login.reviewer("send files")
        given = st.file_uploader("A file of sales, products or customers", TYPES, key="file")
        if given is None:
            st.info(NEXT, icon=":material/upload_file:")
            sending.watch()
            return
        try:
            found = _matches(given.name, given.getvalue())
            name = _name(given.name, found)
            seen = _preview(name, given.getvalue(), sending.model())
        except PermanentError as error:
            st.error("This file would be refused as a whole, and this is why:", icon=":material/error:")
            st.text(str(error))
            return
        if by is not None:
            _button(name, given)
        sending.watch()
        _show(seen)


@st.cache_data(show_spinner="Finding its contract", max_entries=KEPT_FILES)
def _matches(name: str, data: bytes) -> list[Match]:
    return preview.matches(name, data, current().max_file_bytes)


@st.cache_data(show_spinner="Holding its rows against the contract", max_entries=KEPT_FILES)
def _preview(name: str, data: bytes, _model: sending.Newest) -> Preview:
    return preview.of_file(name, data, _model.model, current().max_file_bytes)


def _name(file: str, found: list[Match]) -> str:
    """The object's name, by the contract that a person chooses among those that read the file."""
    by_source = {match.contract.source: match for match in found}
    source = st.selectbox(
        "Its contract",
        list(by_source),
        help="Those that can read it; the one that knows most of its columns comes first.",
        width=320,
    )
    chosen = by_source[source or found[0].contract.source]
    name = preview.object_name(chosen.contract, file)
    st.markdown(
        f"It has {show.counted(chosen.known, 'column')} of the contract and would be sent as {show.code(name)}. "
        "What was sent under that name before stays in its bucket; the newer one counts."
    )
    if chosen.contract.is_snapshot:
        st.warning("A snapshot is everything that there is: what it does not mention ends.", icon=":material/warning:")
    return name


def _button(name: str, given: UploadedFile) -> None:
    st.button(
        "Send it",
        key="send",
        type="primary",
        icon=":material/upload:",
        disabled=sending.is_sent(given.file_id, name),
        on_click=sending.send,
        args=(given.file_id, name, given.getvalue()),
    )


def _show(seen: Preview) -> None:
    st.header("What would become of its rows", anchor="preview")
    if not seen.is_whole:
        st.caption(f"The first {show.number(seen.rows_read)} rows; the rest was not looked at yet.")
    if seen.broken:
        st.warning(f"It breaks off after row {seen.rows_read:,}: {seen.broken}", icon=":material/warning:")
    for sentence in seen.drift:
        st.warning(sentence, icon=":material/schema:")
    with st.container(horizontal=True):
        for label, count, meaning in (
            ("Rows read", seen.rows_read, "Rows of the file, its header not counted."),
            ("Would go on", seen.rows_passing, "To be loaded, or found unchanged or superseded by a newer delivery."),
            ("Would be rejected", seen.rejected.num_rows, "They break the contract."),
            ("Would be held", seen.held.num_rows, "They are unusual, and wait for a reviewer."),
        ):
            st.metric(label, show.number(count), help=meaning, border=True)
    _rows("Would be rejected", "preview_rejected", seen.rejected, {"reason": "why", "row": "the row"})
    _rows("Would be held", "preview_held", seen.held, {"anomaly_reason": "why"})
    _rows("Would go on, the first rows", "preview_passing", seen.passing.slice(0, SHOWN_PASSING), {})


def _rows(title: str, key: str, rows: pa.Table, first: dict[str, str]) -> None:
    if not rows.num_rows:
        return
    st.subheader(title, anchor=key.replace("_", "-"))
    if rows.num_rows > preview.SHOWN_ROWS:
        st.caption(f"The first {preview.SHOWN_ROWS} of {rows.num_rows:,}.")
    shown = rows.slice(0, preview.SHOWN_ROWS).to_pandas()
    wide = {name: st.column_config.TextColumn(label, width="large") for name, label in first.items()}
    others = {name: name for name in shown.columns if name not in first and name not in HIDDEN}
    table.draw(shown, {"source_row": table.count("row"), **wide, **others}, key, title)
