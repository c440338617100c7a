"""Forgets a customer, and tells what was erased."""

from __future__ import annotations

from functions.forget import ForgetError, forget, told
from functions.tick import failures
from local.errors import LocalError
from local.home import Home
from local.platform import platform


def run(home: Home, customer_id: str) -> list[str]:
    """Erase the customer's attributes; returns what a person should know of it. Raises LocalError."""
    try:
        return told(forget(platform(home, "eco_operator"), customer_id))
    except ForgetError as error:
        raise LocalError(str(error)) from error
    except failures() as error:
        raise LocalError(f"The customer is not forgotten everywhere: {error}\nRun it again.") from error
