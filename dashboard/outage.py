"""What the page says, instead of a stack trace, while the database cannot be read."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from dashboard import queries
from functions.settings import SettingsError

logger = logging.getLogger(__name__)

REFRESH_SECONDS = 5
DOWN_NOW, DOWN_SINCE_DRAWN = "down_now", "down_since_drawn"
UNREADABLE = (SQLAlchemyError, OSError, SettingsError)
TOO_SLOW = "57014"
NO_SCHEMA = ("42P01", "3F000", "3D000")
NOT_ALLOWED = ("28P01", "28000", "42501")
DOWN = (
    "The database does not answer. This page goes on by itself as soon as it does. "
    "On your own machine, `python -m local status` tells what is down and `make up` starts it."
)
SENTENCES = {
    TOO_SLOW: "The database takes too long to answer. Choose a shorter period, or wait until it is less busy.",
    **dict.fromkeys(
        NO_SCHEMA, "The database has no tables yet. `make up` makes them; this page then goes on by itself."
    ),
    **dict.fromkeys(NOT_ALLOWED, "The database refuses this dashboard. Check ECO_DB_USER and ECO_DB_PASSWORD."),
}


def sqlstate(error: BaseException) -> str | None:
    """The code that PostgreSQL gave to an error; None where it never got to say one."""
    original = error.orig if isinstance(error, DBAPIError) else error
    fields = original.args[0] if original is not None and original.args else None
    return str(fields.get("C")) if isinstance(fields, dict) else None


def sentence(error: BaseException) -> str:
    """What is wrong and what to do, for the person who looks at the page."""
    if isinstance(error, SettingsError):
        return f"A setting of this dashboard is wrong: {error}."
    return SENTENCES.get(sqlstate(error) or "", DOWN)


@st.fragment(run_every=REFRESH_SECONDS)
def watch() -> None:
    """A banner while the database cannot be read; the page is drawn anew, by itself, as soon as it can."""
    try:
        queries.alive()
    except UNREADABLE as error:
        logger.warning("the database could not be read: %s", error)
        st.session_state[DOWN_SINCE_DRAWN] = st.session_state[DOWN_NOW] = True
        st.error(sentence(error), icon=":material/cloud_off:")
        return
    st.session_state[DOWN_NOW] = False
    if st.session_state.pop(DOWN_SINCE_DRAWN, False):
        st.rerun()


@contextmanager
def told() -> Iterator[None]:
    """Say what is wrong instead of what the block would have shown, unless the banner says it already."""
    try:
        yield
    except UNREADABLE as error:
        logger.warning("the database could not be read: %s", error)
        if st.session_state.get(DOWN_NOW):
            st.caption("Nothing to show until the database can be read.")
        else:
            st.error(sentence(error), icon=":material/cloud_off:")
        if sqlstate(error) != TOO_SLOW:
            st.session_state[DOWN_SINCE_DRAWN] = True
