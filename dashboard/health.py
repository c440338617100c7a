"""Section 1: one line that says whether all is right, and the figures behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import format as show
from dashboard import outage, queries

REFRESH_SECONDS = 5
FAILED = "FAILED"
EMPTY = (
    "No file has arrived yet. `make up` loads a sample shop; `python -m local upload FILE --prefix sales/` "
    "uploads a file of your own."
)


@st.fragment(run_every=REFRESH_SECONDS)
def section() -> None:
    """The health of the pipeline, redrawn every few seconds."""
    st.header("Pipeline health", anchor="health")
    with outage.told(main=True):
        _draw(queries.health())
        _redraw_after_outage()
        return
    st.session_state["was_down"] = True


def _redraw_after_outage() -> None:
    """The sections below need not wait for their own next refresh."""
    if st.session_state.pop("was_down", False):
        st.rerun()


def _draw(health: Mapping[str, Any]) -> None:
    if health["runs"] == 0:
        st.info(EMPTY, icon=":material/upload_file:")
        return
    _verdict(troubles(health))
    if health["failed_lately"] and st.button("Show the failed files", on_click=_choose_failed):
        st.rerun()
    _figures(health)
    st.caption(last_file(health))


def _verdict(found: list[str]) -> None:
    if found:
        st.warning(f"Something needs attention: {'; '.join(found)}.", icon=":material/warning:")
    else:
        st.success("All is right: no file failed lately, and nothing hangs.", icon=":material/check_circle:")


def troubles(health: Mapping[str, Any]) -> list[str]:
    """What a person has to look at; empty where all is right."""
    failed, hanging = int(health["failed_lately"]), int(health["hanging"])
    window = f"the last {queries.FAILED_WINDOW_HOURS} hours of uploads"
    found = (
        [f"{show.counted(failed, 'file')} failed in {window} and no good upload replaces them yet"] if failed else []
    )
    stuck = f"{show.counted(hanging, 'run')} without progress for over {health['hang_minutes']} minutes"
    return [*found, stuck] if hanging else found


def last_file(health: Mapping[str, Any]) -> str:
    """The newest file, how it stands, and when it came, as Markdown."""
    when, now = health["last_started_at"], health["now"]
    name = show.code(health["last_file"])
    arrival = f"{show.moment(when)} ({show.ago(when, now)})"
    return f"Last file: {name}, {health['last_status']}, {arrival}. As of {now:%H:%M:%S}."


def _choose_failed() -> None:
    st.session_state["source"], st.session_state["status"] = [], [FAILED]


def _figures(health: Mapping[str, Any]) -> None:
    figures = (
        ("Files loaded", "succeeded", "Runs with status SUCCESS: every row is accounted for."),
        ("Files failed", "failed", "Runs with status FAILED: the reason stands in the table below."),
        ("Files under way", "running", "Runs with status RUNNING."),
        ("Sale lines in the warehouse", "sale_lines", "PostgreSQL's own count of the facts, right to within a minute."),
        ("Rows held, open", "held_open", "Unusual sales that wait for a person to release or dismiss them."),
        ("Rows rejected, open", "rejected_open", "Rows that break the contract of their file and wait for a person."),
    )
    with st.container(horizontal=True):
        for label, name, meaning in figures:
            st.metric(label, show.number(health[name]), help=meaning, border=True)
