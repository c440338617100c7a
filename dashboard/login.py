"""Who looks, and what they may do: by OpenID Connect in the cloud, by an account on this machine on a laptop."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import accounts
from dashboard.settings import Settings, current

USER = "user"
MOST_FAILURES, FAILURE_SECONDS = 5, 60.0
NO_PROVIDER = (
    "ECO_LOGIN is oidc, but no identity provider is set up: Streamlit's secrets.toml has no section [auth]. "
    "Nobody can read until it has; docs/dashboard.md shows one."
)
NO_ACCOUNT = (
    "Nobody has an account here yet. `python -m local account NAME` makes one; in containers, "
    "`docker compose exec dashboard python -m dashboard.accounts NAME`."
)
NO_REVIEWER = "This dashboard can read only: ECO_REVIEWER_PASSWORD, the password of the role eco_reviewer, is not set."
WRONG = "No account has that name and password."
TOO_OFTEN = "Too many wrong passwords. Wait a minute, then try again."


@dataclass(frozen=True)
class User:
    """Somebody who is logged in, by the name under which decisions are kept."""

    name: str
    may_review: bool


@dataclass
class Failures:
    """When passwords were wrong lately, in this process."""

    times: list[float] = field(default_factory=list)

    def are_too_many(self, now: float) -> bool:
        """Whether another attempt has to wait."""
        self.times = [when for when in self.times if now - when < FAILURE_SECONDS]
        return len(self.times) >= MOST_FAILURES


def is_let_in() -> bool:
    """Whether this visitor may read; where not, what to do is drawn."""
    if current().login == "local":
        return True
    if not _has_provider():
        st.error(NO_PROVIDER, icon=":material/lock:")
    elif not st.user.is_logged_in:
        st.info("Log in to see the shop's figures.", icon=":material/lock:")
        st.button("Log in", on_click=st.login, type="primary")
    elif user_of(st.user, current()) is None:
        st.error(
            f"{st.user.get('email') or 'Your account'} may not read here. Ask whoever runs this dashboard to add your "
            "verified address to ECO_READERS.",
            icon=":material/lock:",
        )
        st.button("Log out", on_click=st.logout)
    else:
        return True
    return False


def _has_provider() -> bool:
    return st.secrets.load_if_toml_exists() and "auth" in st.secrets


def user_of(claims: Mapping[str, Any], settings: Settings) -> User | None:
    """Who the provider says it is; None where the address is not verified, or may not even read."""
    address = str(claims.get("email") or "").strip().casefold()
    if not address or claims.get("email_verified") not in (True, "true"):
        return None
    may_review = _is_among(address, settings.reviewers)
    return User(address, may_review) if may_review or _is_among(address, settings.readers) else None


def _is_among(address: str, listed: str) -> bool:
    names = {name.strip().casefold() for name in listed.split(",")} - {""}
    return address in names or f"@{address.rpartition('@')[2]}" in names


def user() -> User | None:
    """Who is logged in."""
    if current().login == "oidc":
        return user_of(st.user, current()) if _has_provider() and st.user.is_logged_in else None
    found: User | None = st.session_state.get(USER)
    return found


def reviewer(what: str) -> User | None:
    """The visitor, where they may review; else what to do in order to `what` is drawn."""
    found = user()
    if found is not None:
        _who(found)
    if found is not None and found.may_review:
        return found
    if found is not None:
        st.info(f"To {what}, ask whoever runs this dashboard to add you to ECO_REVIEWERS.", icon=":material/lock:")
    elif not current().reviewer_password:
        st.info(NO_REVIEWER, icon=":material/lock:")
    else:
        _form(what, Path(current().accounts_file))
    return None


def _who(user: User) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Logged in as {user.name}.", width="content")
        st.button("Log out", on_click=_log_out, type="tertiary", icon=":material/logout:")


def _log_out() -> None:
    if current().login == "oidc":
        st.logout()
    st.session_state.pop(USER, None)


def _form(what: str, file: Path) -> None:
    if not current().accounts_file or not accounts.exist(file):
        st.info(NO_ACCOUNT, icon=":material/lock:")
        return
    with st.expander(f"Log in to {what}", icon=":material/lock:"), st.form("login", border=False, width=420):
        name = st.text_input("Name", autocomplete="username")
        password = st.text_input("Password", type="password", autocomplete="current-password")
        if st.form_submit_button("Log in", type="primary"):
            _try(file, name.strip(), password)


def _try(file: Path, name: str, password: str) -> None:
    failures, now = _failures(), time.monotonic()
    if failures.are_too_many(now):
        st.error(TOO_OFTEN)
    elif accounts.matches(file, name, password):
        st.session_state[USER] = User(name, may_review=True)
        st.rerun()
    else:
        failures.times.append(now)
        st.error(WRONG)


@st.cache_resource(show_spinner=False)
def _failures() -> Failures:
    return Failures()
