"""Numbers, amounts, times and names as a person reads them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

UNKNOWN = "not known"
UNITS = ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute"))


def number(value: float | Decimal | None) -> str:
    """A whole number with separators, `12,345`; `not known` for NULL."""
    return UNKNOWN if value is None else f"{value:,.0f}"


def amount(value: Decimal | None, currency: str) -> str:
    """An amount with its currency, `GBP 12,345.60`."""
    return UNKNOWN if value is None else f"{currency} {value:,.2f}"


def kilograms(value: Decimal | None) -> str:
    """A mass of CO2e, `1,234 kg`, with a decimal where it is small; `not known` where it is NULL."""
    if value is None:
        return "not known"
    return f"{value:,.1f} kg" if abs(value) < 10 else f"{value:,.0f} kg"


def share(part: int, whole: int) -> str:
    """A part of a whole in percent; never 100 % or 0 % by rounding alone."""
    if whole == 0:
        return UNKNOWN
    percent = 100 * part / whole
    if 0 < percent < 0.1:
        return "under 0.1 %"
    return "over 99.9 %" if 99.9 < percent < 100 else f"{percent:.1f} %".replace(".0 %", " %")


def change(now: float | Decimal | None, before: float | Decimal | None) -> str | None:
    """How much more or less than before, in percent with its sign; None where it cannot be said."""
    if now is None or not before:
        return None
    return f"{100 * (float(now) - float(before)) / abs(float(before)):+,.1f} %"


def size(count: int) -> str:
    """A number of bytes, `1.2 MB`."""
    amount, units = float(count), ["B", "kB", "MB", "GB", "TB"]
    while amount >= 1000 and len(units) > 1:
        amount, units = amount / 1000, units[1:]
    return f"{amount:,.0f} {units[0]}" if units[0] == "B" else f"{amount:,.1f} {units[0]}"


def day(value: date) -> str:
    """A day, `23 Nov 2026`."""
    return f"{value.day} {value:%b %Y}"


def moment(value: datetime) -> str:
    """A day and time, `23 Nov 2026 23:16`."""
    return f"{day(value)} {value:%H:%M}"


def ago(value: datetime, now: datetime) -> str:
    """How long before `now`, in the largest unit that fits: `3 minutes ago`."""
    for unit, name in UNITS:
        if (count := (now - value) // unit) > 0:
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"


def counted(count: int, thing: str) -> str:
    """`1 file`, `2 files`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def tail(name: str, longest: int) -> str:
    """The end of a long object name, which is what tells it from others."""
    return name if len(name) <= longest else "…" + name[1 - longest :]


def code(text: str) -> str:
    """Text as it is, inside Markdown: an object's name must not turn into a link, an image or an icon."""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence} {' '.join(text.split())} {fence}"
