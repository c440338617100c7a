"""What needs a decision, and why: held and rejected rows, to be released, corrected or dismissed by a reviewer."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import decisions, figures_first, glance, login, outage, queries, review_detail, table, zone
from dashboard import format as show
from dashboard.login import User
from functions.decisions import Filter

STATES = ("open", "released", "dismissed", "loaded")
KINDS = ("held", "rejected")
MOST_ROWS = 200
NONE_YET = (
    "No row was ever held or rejected. They appear here when a file has an unusual sale or a row that breaks its "
    "contract; upload one on the page Upload, or with `python -m local upload FILE --prefix sales/`."
)
NOTHING = "No row is like that. Choose another state or source, or empty the filters; the page Quality counts them all."
WORDS = {"release": "Release", "dismiss": "Dismiss", "undo": "Undo"}
ICONS = {"release": ":material/check:", "dismiss": ":material/close:", "undo": ":material/undo:"}


def page() -> None:
    """The page. It is not redrawn by itself: rows must not move while somebody chooses among them."""
    with outage.told():
        counts = queries.review_counts()
        if not counts["has_any"]:
            st.info(NONE_YET, icon=":material/fact_check:")
            return
        with st.container(horizontal=True):
            glance.draw(counts, glance.OPEN_ROWS)
        figures_first.shown("review")
        by = login.reviewer("release, correct or dismiss rows")
        wanted = _filters()
        rows = queries.review_rows(wanted, MOST_ROWS)
        if by is not None:
            decisions.follow(by)
        if rows.empty:
            st.info(NOTHING, icon=":material/fact_check:")
            return
        chosen = _chosen(rows)
        if by is not None:
            _buttons(rows, chosen, wanted, by)
        if len(chosen) == 1:
            review_detail.draw(chosen[0], by)


def _filters() -> Filter:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        state = st.segmented_control("State", STATES, default="open", required=True, key="state", bind="query-params")
        kind = st.segmented_control("Kind", KINDS, key="kind", bind="query-params")
        source = st.selectbox(
            "Source",
            [name for name in queries.sources() if name != queries.NO_SOURCE],
            index=None,
            key="source",
            bind="query-params",
            placeholder="all",
            width=150,
        )
        reason = st.text_input("Reason has", key="reason", bind="query-params", width=170)
        run = st.text_input("File or run", key="run", bind="query-params", width=170)
    return Filter(None, source or None, kind or None, reason.strip() or None, run.strip() or None, state)


def _chosen(rows: pd.DataFrame) -> list[Any]:
    found = int(rows["found"].iloc[0])
    more = "" if found == len(rows) else f" The oldest {len(rows):,} are shown: narrow it down to see others."
    st.caption(f"{show.counted(found, 'row')}.{more} Choose rows by the boxes at their left.")
    shown = rows.assign(
        logged_at=zone.here(rows["logged_at"]),
        logged_utc=zone.utc_text(rows["logged_at"]),
        reviewed_at=zone.here(rows["reviewed_at"]),
    )
    columns: table.Columns = {
        "quality_id": table.count("id"),
        "kind": "kind",
        "reason": st.column_config.TextColumn("why", width="large"),
        "source": "source",
        "object_name": st.column_config.TextColumn("file", width="medium"),
        "source_row": table.count("row"),
        "review_outcome": "outcome",
        "reviewed_by": "decided by",
        "reviewed_at": table.instant("decided", zone.name()),
        "review_note": "note",
        "logged_at": table.instant("logged", zone.name()),
        "logged_utc": "logged, UTC",
    }
    if not rows["reviewed_by"].notna().any():
        columns = {name: column for name, column in columns.items() if not name.startswith("review")}
    # A table of other rows is another table: a choice goes by place, and must never slip to a row that took that place.
    key = f"rows_{hash(tuple(rows['quality_id']))}"
    as_text = shown.assign(**{name: shown[name].map(_text) for name in ("run_id", "row", "corrected")})
    event = table.draw(
        as_text.drop(columns="found"),
        columns,
        key,
        "Held and rejected rows",
        file="review",
        on_select="rerun",
        selection_mode="multi-row",
    )
    return [rows.iloc[place] for place in event.selection.rows if place < len(rows)]


def _text(value: Any) -> str | None:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else None if value is None else str(value)


def _buttons(rows: pd.DataFrame, chosen: list[Any], wanted: Filter, by: User) -> None:
    kinds = ("release", "dismiss") if wanted.state == "open" else ("undo",) if wanted.state != "loaded" else ()
    if not kinds:
        st.caption("These rows are in the warehouse: a new delivery or a void mends them.")
        return
    found = int(rows["found"].iloc[0])
    with st.container(horizontal=True, vertical_alignment="bottom", border=True):
        is_all = st.checkbox(f"All {found:,} that the filters find", key="all_found")
        st.text_input("Why (kept with the decision)", key="note", width=320)
        ids = rows["quality_id"].tolist() if is_all else [int(entry.quality_id) for entry in chosen]
        # What is shown whole is decided by its ids: what comes meanwhile was not looked at, and those can be undone.
        is_more = is_all and found > len(rows)
        meant, count = (wanted, found) if is_more else (Filter(ids), len(ids))
        for kind in kinds:
            st.button(
                f"{WORDS[kind]} {show.counted(count, 'row')}" if count else WORDS[kind],
                key=kind,
                icon=ICONS[kind],
                type="primary" if kind == "release" else "secondary",
                disabled=not count,
                on_click=_take,
                args=(kind, meant, by),
            )


def _take(kind: str, meant: Filter, by: User) -> None:
    # As it stands now: it may have been typed just before the click.
    decisions.take(kind, meant, by, st.session_state["note"])
    st.session_state["note"], st.session_state["all_found"] = "", False
