"""Asks the running relay, over HTTP."""

from __future__ import annotations

from typing import Any

import urllib3

from local.errors import LocalError
from local.home import Home
from local.relay import REDRIVE


def stats(home: Home) -> dict[str, Any]:
    """What is on its way; raises LocalError where the relay does not answer."""
    return _ask(home, "GET", "/stats")


def redrive(home: Home) -> int:
    """Put the dead letters back on their way; their number."""
    return int(_ask(home, "POST", REDRIVE)["redriven"])


def _ask(home: Home, method: str, path: str) -> dict[str, Any]:
    url = home.url("relay-inlet") + path
    try:
        response = urllib3.request(method, url, retries=False, timeout=10.0)
    except urllib3.exceptions.HTTPError as error:
        raise LocalError(f"The relay does not answer at {url}. Is the stack up? `python -m local up`") from error
    if response.status != 200:
        raise LocalError(f"The relay answered {response.status} to {method} {url}; see {home.log('relay')}")
    answer: dict[str, Any] = response.json()
    return answer
