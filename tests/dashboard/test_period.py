"""Periods and how finely they are shown."""

from datetime import date, timedelta

import pytest

from dashboard.period import Period, preset

FIRST, LAST = date(2010, 12, 1), date(2011, 12, 9)


@pytest.mark.parametrize(
    ("days", "bucket"), [(1, "day"), (92, "day"), (93, "week"), (732, "week"), (733, "month"), (5000, "month")]
)
def test_there_are_about_a_hundred_bars_at_most(days: int, bucket: str) -> None:
    assert Period(LAST - timedelta(days=days - 1), LAST).bucket == bucket


def test_it_ends_with_its_last_day_and_is_compared_with_as_many_days_before() -> None:
    days = Period(date(2011, 12, 3), LAST)
    assert days.end == date(2011, 12, 10)
    assert days.before == date(2011, 11, 26)


def test_a_preset_ends_with_the_newest_sale_and_never_begins_before_the_first() -> None:
    assert preset("30 days", FIRST, LAST) == Period(date(2011, 11, 10), LAST)
    assert preset("All", FIRST, LAST) == Period(FIRST, LAST)
    assert preset("90 days", date(2011, 12, 1), LAST).first == date(2011, 12, 1)
