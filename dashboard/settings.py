"""Settings of the dashboard: those of the functions, and who may do what."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from functions import settings as functions_settings
from functions.settings import setting


@dataclass(frozen=True)
class Settings(functions_settings.Settings):
    """Every setting of the dashboard. `db_user` only reads; the one other password that it holds is the reviewer's."""

    login: str = setting(
        "local", "who may read: local is whoever reaches the dashboard; oidc only readers who log in", ("local", "oidc")
    )
    readers: str = setting("", "mail addresses, or @domains, of who may read after login by oidc, separated by commas")
    reviewers: str = setting("", "the same for who may also review and upload")
    accounts_file: str = setting("", "file of the local accounts that may review and upload; empty: there are none")
    reviewer_password: str = setting("", "password of eco_reviewer; empty: nobody reviews in this dashboard")


@st.cache_resource(show_spinner=False)
def current() -> Settings:
    """The settings of this process; raises SettingsError where one cannot be read."""
    return Settings.from_environment()
