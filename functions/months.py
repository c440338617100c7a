"""Calendar months (UTC) by their first days."""

from __future__ import annotations

from datetime import date


def shift(day: date, months: int) -> date:
    """The first day of the month that lies `months` after (or, negative, before) that of `day`."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def ahead(today: date, horizon: int) -> list[date]:
    """The month of `today` and the `horizon` months after it."""
    return [shift(today, number) for number in range(horizon + 1)]
