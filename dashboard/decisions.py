"""What a reviewer decides on the page, by the rules of functions/decisions.py, and what became of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dashboard import format as show
from dashboard import outage, queries
from dashboard.login import User
from dashboard.writing import platform
from functions.decisions import Decided, Decision, Filter, ReviewError, decide

logger = logging.getLogger(__name__)

DECIDED, TOLD, TROUBLE = "decided", "told", "trouble"
REFRESH_SECONDS = 2
MOST_FOLLOWED = 1_000
FINAL = "loaded"


def take(
    kind: str, wanted: Filter, by: User, note: str | None, correction: Mapping[str, str | None] | None = None
) -> None:
    """Decide, and remember what to tell of it when the page is drawn next."""
    for name in (TOLD, TROUBLE):
        st.session_state.pop(name, None)
    try:
        done = decide(platform(), wanted, Decision(kind, by.name, (note or "").strip() or None, correction))
    except ReviewError as error:
        st.session_state[TROUBLE] = str(error)
        return
    except outage.UNREADABLE as error:
        logger.warning("nothing could be decided: %s", error)
        st.session_state[TROUBLE] = f"Nothing was decided. {outage.sentence(error)}"
        return
    st.session_state[TOLD] = sentence(done)
    st.session_state[DECIDED] = (wanted.quality_ids or [])[:MOST_FOLLOWED]


def sentence(done: Decided) -> str:
    """What was decided, in one line."""
    if not done.counts:
        return "No row is meant by that: somebody else may have decided meanwhile."
    told = "; ".join(f"{show.counted(count, 'row')}: {outcome}" for outcome, count in done.counts.items())
    late = "" if done.is_told else " The load function did not answer; maintenance passes the decision on."
    return f"{told}.{late}"


@st.fragment(run_every=REFRESH_SECONDS)
def follow(by: User) -> None:
    """The last decision and what became of it, with a button that takes back what is not loaded yet."""
    if trouble := st.session_state.get(TROUBLE):
        st.error(trouble, icon=":material/error:")
    if not (told := st.session_state.get(TOLD)):
        return
    ids = st.session_state.get(DECIDED, [])
    states = queries.review_states(tuple(ids))
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f"{told} {outcomes(states)}")
        undoable = [int(row) for row in states[states["review_state"].isin(["released", "dismissed"])]["quality_id"]]
        if undoable and st.button("Undo", icon=":material/undo:", key="undo_last"):
            take("undo", Filter(undoable), by, None)
            st.rerun()


def outcomes(states: pd.DataFrame) -> str:
    """How the rows stand now: loaded as what, still waiting, or open again and why."""
    loaded = states[states["review_state"] == FINAL]["review_outcome"].value_counts()
    told = [f"{show.counted(int(count), 'row')} {outcome} in the warehouse" for outcome, count in loaded.items()]
    waiting = int((states["review_state"] == "released").sum())
    if waiting:
        told.append(f"{show.counted(waiting, 'row')} on the way to the warehouse")
    returned = states[(states["review_state"] == "open") & states["review_note"].notna()]
    told += [f"row {row.quality_id} is open again: {row.review_note}" for row in returned.head(3).itertuples()]
    return f"Now: {'; '.join(told)}." if told else ""
