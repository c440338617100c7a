"""The period that a page shows, and how finely."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

PRESETS = {"30 days": 30, "90 days": 90, "12 months": 365, "All": None, "Custom": None}
DEFAULT = "90 days"
CUSTOM = "Custom"
MOST_DAYS = 92
MOST_WEEKS_IN_DAYS = 2 * 366


@dataclass(frozen=True)
class Period:
    """Whole UTC days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days there are in it."""
        return (self.last - self.first).days + 1

    @property
    def bucket(self) -> str:
        """What one bar of a chart stands for, so that there are at most about a hundred."""
        if self.days <= MOST_DAYS:
            return "day"
        return "week" if self.days <= MOST_WEEKS_IN_DAYS else "month"

    @property
    def end(self) -> date:
        """The first day after it."""
        return self.last + timedelta(days=1)

    @property
    def before(self) -> date:
        """The first day of the period of the same length before it."""
        return self.first - timedelta(days=self.days)


def preset(name: str, first_sale: date, last_sale: date) -> Period:
    """A named period; it ends with the newest sale, since the files of a shop may be old."""
    days = PRESETS[name]
    first = first_sale if days is None else max(first_sale, last_sale - timedelta(days=days - 1))
    return Period(first, last_sale)
