"""One row of the quality log: why it is here, what it says, where its value lies, and what was decided about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import decisions, picture, queries, table, usual, zone
from dashboard import format as show
from dashboard.login import User
from functions.decisions import Filter, ReviewError, contract_of

COLUMNS_BESIDE = 3
NO_PICTURE = "No sale of this product in its currency within six weeks: there is nothing to compare it with."


def draw(entry: Any, by: User | None) -> None:
    """Draw an entry of sql/dashboard/review_rows.sql; with the form that corrects it, for who may."""
    st.subheader(f"Row {entry.source_row:,} of its file", anchor="row")
    st.markdown(f"{show.code(entry.object_name)} {entry.kind}, {entry.review_state}")
    st.markdown(f"**Why:** {_plain(entry.reason)}")
    said, picture = st.columns(2)
    with said:
        _row(entry)
    with picture:
        _picture(entry)
    _history(int(entry.quality_id))
    if by is not None and entry.review_state == "open":
        _correction(entry, by)


def _plain(text: str) -> str:
    """Text as it is: what a file says must not turn into a link or an image."""
    return "".join(f"\\{character}" if character in "\\`*_{}[]()<>#!|~$:" else character for character in text)


def _row(entry: Any) -> None:
    corrected: Mapping[str, Any] = entry.corrected or {}
    rows = pd.DataFrame(
        [
            {"column": name, "value": _text(value), "corrected": _text(corrected.get(name, value))}
            for name, value in entry.row.items()
        ]
    )
    columns: table.Columns = {"column": "column", "value": "as logged"}
    if corrected:
        columns = {**columns, "corrected": "as corrected"}
    table.draw(rows, columns, "row", "What the row says")


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _picture(entry: Any) -> None:
    sale = usual.sale_of(entry.object_name, bool(entry.is_typed), entry.corrected or entry.row)
    if sale is None:
        st.caption("There is no picture: the row does not say which product was sold when, in which currency.")
        return
    found = queries.usual_range(sale.product_id, sale.currency, sale.since, sale.until)
    found = found[found["measure"].isin(list(sale.values))]
    if found.empty:
        st.caption(NO_PICTURE)
        return
    words = usual.sentence(sale, found)
    picture.draw(usual.chart(sale, found), key="usual", alt=words)
    st.caption(f"{_plain(words)} Orange is this row, thick are nine of ten sales.")


def _history(quality_id: int) -> None:
    made = queries.review_history(quality_id)
    if made.empty:
        return
    with st.expander("What was decided about it"):
        shown = made.assign(decided_at=zone.here(made["decided_at"]), utc=zone.utc_text(made["decided_at"]))
        columns: table.Columns = {
            "decided_at": table.instant("when", zone.name()),
            "decision": "decision",
            "decided_by": "by",
            "note": st.column_config.TextColumn("why", width="large"),
            "utc": "UTC",
        }
        table.draw(shown, columns, "decisions", "Every decision about this row")


def _correction(entry: Any, by: User) -> None:
    try:
        columns = contract_of(entry.object_name).columns
    except ReviewError as error:
        st.caption(str(error))
        return
    with st.expander("Correct and release"), st.form(f"correct_{entry.quality_id}", border=False):
        st.caption("Say what the row should have said. It is held against its contract before anything is kept.")
        places = st.columns(COLUMNS_BESIDE)
        given = {
            column.name: places[number % COLUMNS_BESIDE].text_input(
                column.name, _text(entry.row.get(column.name)), key=f"correct_{entry.quality_id}_{column.name}"
            )
            for number, column in enumerate(columns)
        }
        note = st.text_input("Why (kept with the decision)", key=f"correct_note_{entry.quality_id}")
        if st.form_submit_button("Correct and release", type="primary", icon=":material/edit:"):
            _correct(entry, by, given, note)


def _correct(entry: Any, by: User, given: Mapping[str, str], note: str) -> None:
    correction = changes(entry.row, given)
    if not correction:
        st.warning("Nothing differs from what is logged: change a value, or release the row as it is.")
        return
    decisions.take("correct", Filter([int(entry.quality_id)]), by, note, correction)
    st.rerun()


def changes(row: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str | None]:
    """The columns that a person has changed, and what they say now; None for no value."""
    return {name: text.strip() or None for name, text in given.items() if text.strip() != _text(row.get(name)).strip()}
