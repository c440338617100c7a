"""Numbers, times and names as a person reads them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from dashboard import format as show

NOW = datetime(2026, 11, 3, 9, 5, tzinfo=UTC)


def test_numbers_have_separators() -> None:
    assert show.number(1234567) == "1,234,567"
    assert show.number(None) == "not known"
    assert show.amount(Decimal("-1234.5"), "GBP") == "GBP -1,234.50"
    assert show.counted(1, "file") == "1 file"
    assert show.counted(1200, "file") == "1,200 files"


def test_unknown_carbon_is_not_zero() -> None:
    assert show.kilograms(None) == "not known"
    assert show.kilograms(Decimal(0)) == "0.0 kg"
    assert show.kilograms(Decimal("-9.96")) == "-10.0 kg"
    assert show.kilograms(Decimal("12345.6")) == "12,346 kg"


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 0, "not known"),
        (0, 5, "0 %"),
        (5, 5, "100 %"),
        (1, 100_000, "under 0.1 %"),
        (99_999, 100_000, "over 99.9 %"),
        (1, 3, "33.3 %"),
    ],
)
def test_a_share_is_all_or_nothing_only_when_it_is(part: int, whole: int, text: str) -> None:
    assert show.share(part, whole) == text


@pytest.mark.parametrize(
    ("before", "text"),
    [
        (timedelta(seconds=-3), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=400), "400 days ago"),
    ],
)
def test_how_long_ago(before: timedelta, text: str) -> None:
    assert show.ago(NOW - before, NOW) == text


def test_a_moment_names_its_day() -> None:
    assert show.moment(NOW) == "3 Nov 2026 09:05"


def test_a_long_name_keeps_its_end() -> None:
    assert show.tail("sales/2026-06-01.csv", 20) == "sales/2026-06-01.csv"
    assert show.tail("sales/online-retail/2026-06-01.csv", 15) == "…2026-06-01.csv"


@pytest.mark.parametrize(
    ("name", "markdown"),
    [
        ("![x](http://a.b/c.png)", "` ![x](http://a.b/c.png) `"),
        ("a`b``c", "``` a`b``c ```"),
        ("`", "`` ` ``"),
        ("two\n\n# lines", "` two # lines `"),
    ],
)
def test_markdown_in_a_name_stays_text(name: str, markdown: str) -> None:
    assert show.code(name) == markdown


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [(110, 100, "+10.0 %"), (50, 100, "-50.0 %"), (5, -10, "+150.0 %"), (1, 0, None), (None, 5, None), (5, None, None)],
)
def test_a_change_is_said_only_where_there_is_something_to_compare(
    now: float | None, before: float | None, text: str | None
) -> None:
    assert show.change(now, before) == text


def test_sizes_have_the_largest_unit_that_fits() -> None:
    assert [show.size(count) for count in (0, 999, 1500, 12_000_000)] == ["0 B", "999 B", "1.5 kB", "12.0 MB"]
