"""How busy the connection pooler is, as its own console says it."""

from __future__ import annotations

import contextlib

import pandas as pd
import streamlit as st
from pg8000 import native

from dashboard import queries
from dashboard.settings import current

CONSOLE = "pgbouncer"
SECONDS = 3
COLUMNS = ("database", "user", "cl_active", "cl_waiting", "sv_active", "sv_idle", "maxwait", "pool_mode")


@st.cache_data(ttl=queries.KEEP_SECONDS, show_spinner=False)
def pools() -> pd.DataFrame | None:
    """Clients and servers of each pool; None where the console cannot be had, as behind a managed proxy."""
    settings = current()
    try:
        connection = native.Connection(
            settings.db_user,
            host=settings.db_host,
            port=settings.db_port,
            database=CONSOLE,
            password=settings.db_password,
            timeout=SECONDS,
        )
        with contextlib.closing(connection):
            rows = connection.run("SHOW POOLS")
            names = [str(column["name"]) for column in connection.columns or ()]
    except (native.Error, OSError):
        return None
    frame = pd.DataFrame(rows, columns=names)
    return frame[[name for name in COLUMNS if name in names]]
