"""Calendar months."""

from datetime import date

import pytest

from functions import months


@pytest.mark.parametrize(
    ("day", "by", "first"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 1)),
        (date(2024, 2, 29), 12, date(2025, 2, 1)),
        (date(2026, 12, 31), 1, date(2027, 1, 1)),
        (date(2026, 1, 1), -1, date(2025, 12, 1)),
        (date(2026, 3, 29), -24, date(2024, 3, 1)),
    ],
)
def test_months_are_shifted_whole(day: date, by: int, first: date) -> None:
    assert months.shift(day, by) == first


def test_the_horizon_counts_from_today() -> None:
    assert months.ahead(date(2026, 11, 23), 2) == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]
