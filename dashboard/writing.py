"""What the dashboard may do beside reading: decide as eco_reviewer, and put files into the raw bucket."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from google.cloud import storage

from dashboard.queries import ANSWER_SECONDS
from dashboard.settings import current
from functions.runtime import Platform
from functions.store import ObjectStore
from functions.warehouse import connect

REVIEWER, CONNECTIONS = "eco_reviewer", 2


@st.cache_resource(show_spinner=False)
def platform() -> Platform:
    """The platform as a reviewer; nothing is connected before its first use."""
    settings = replace(current(), db_user=REVIEWER, db_password=current().reviewer_password, db_pool_size=CONNECTIONS)
    return Platform(settings, ObjectStore(storage.Client()), connect(settings, ANSWER_SECONDS))
