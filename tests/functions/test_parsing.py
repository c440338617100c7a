"""Text becomes typed values, or a reason why not."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions import parsing


def values(parsed: parsing.Parsed) -> list[object]:
    return [None if bad else value for value, bad in zip(parsed.values.to_pylist(), parsed.bad, strict=True)]


def reasons(parsed: parsing.Parsed) -> list[str | None]:
    return parsed.reasons(np.arange(len(parsed.values)))


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-01-31T23:59:00Z", datetime(2026, 1, 31, 23, 59, tzinfo=UTC)),
        ("2026-01-31T23:59:00+01:00", datetime(2026, 1, 31, 22, 59, tzinfo=UTC)),
        ("2026-01-31T23:59:00+0130", datetime(2026, 1, 31, 22, 29, tzinfo=UTC)),
        ("2026-01-31 23:59", datetime(2026, 1, 31, 23, 59, tzinfo=UTC)),
        ("2026-07-01 12:00:00.25", datetime(2026, 7, 1, 11, 0, 0, 250000, tzinfo=UTC)),
        ("2024-02-29", datetime(2024, 2, 29, tzinfo=UTC)),
        # The clocks go back on 25 October 2026: 01:30 happens twice, the first is meant.
        ("2026-10-25 01:30:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        # They go forward on 29 March 2026: 01:30 does not happen, the instant of the change is meant.
        ("2026-03-29 01:30:00", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
    ],
)
def test_a_timestamp_is_read_in_its_zone(text: str, instant: datetime) -> None:
    parsed = parsing.parse_timestamp(pa.array([text]), {"defaultTimezone": "Europe/London"})
    assert values(parsed) == [instant]


@pytest.mark.parametrize(
    "text",
    ["2026-02-30", "2025-02-29", "2026-13-01", "01/02/2026", "2026-01-01 24:00", "2026-01-01T10:60", "0000-01-01", "x"],
)
def test_what_is_no_timestamp_is_refused(text: str) -> None:
    parsed = parsing.parse_timestamp(pa.array([text, "2026-01-01"]), {})
    assert values(parsed) == [None, datetime(2026, 1, 1, tzinfo=UTC)]
    assert "is not a date and time" in str(reasons(parsed)[0])


@given(st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)), st.integers(-14 * 60, 14 * 60))
def test_every_instant_survives_being_written_with_any_offset(moment: datetime, offset: int) -> None:
    zone = timedelta(minutes=offset)
    sign = "-" if offset < 0 else "+"
    text = f"{moment.isoformat()}{sign}{abs(offset) // 60:02}:{abs(offset) % 60:02}"
    parsed = parsing.parse_timestamp(pa.array([text]), {})
    assert values(parsed) == [(moment - zone).replace(tzinfo=UTC)]


CLOCK = r"[0-2][09][0-9]{2}-[01][0-9]-[0-3][0-9][T t][0-2][0-9]:[0-6][0-9]:[0-6][0-9](Z|z|0|)"
WRITTEN = st.from_regex(CLOCK, fullmatch=True)


@given(st.lists(WRITTEN, min_size=1, max_size=3))
def test_an_instant_is_read_alike_whatever_is_written_beside_it(texts: list[str]) -> None:
    alone = [parsing.parse_timestamp(pa.array([text]), {}) for text in texts]
    for beside in ([], ["2026-01-31 23:59"]):
        together = parsing.parse_timestamp(pa.array([*texts, *beside]), {})
        assert values(together)[: len(texts)] == [value for parsed in alone for value in values(parsed)]
        assert reasons(together)[: len(texts)] == [reason for parsed in alone for reason in reasons(parsed)]


@given(st.decimals(Decimal(-(10**11)), Decimal(10**11), places=6))
def test_every_decimal_is_read_exactly(number: Decimal) -> None:
    assert values(parsing.parse_number(pa.array([format(number, "f")]), {})) == [number]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2.50", "2.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("+3", "3"),
        ("1e-05", "0.00001"),
        ("2.5E3", "2500"),
        ("2.5500000000", "2.55"),
    ],
)
def test_numbers_in_other_spellings(text: str, number: str) -> None:
    assert values(parsing.parse_number(pa.array([text]), {})) == [Decimal(number)]


@pytest.mark.parametrize("text", ["1,5", "1 000", "£5", "NaN", "inf", "1.2.3", "0x10", "1.23456789", "--1", ""])
def test_what_is_no_number_is_refused(text: str) -> None:
    assert parsing.parse_number(pa.array([text]), {}).bad.tolist() == [True]


def test_limits_are_inclusive_and_named() -> None:
    parsed = parsing.parse_integer(pa.array(["0", "1", "5", "6", "1.0", None]), {"minimum": 1, "maximum": 5})
    assert values(parsed) == [None, 1, 5, None, None, None]
    assert reasons(parsed) == ["is less than 1", None, None, "is more than 5", "is not a whole number", None]


def test_a_limit_may_be_a_fraction() -> None:
    parsed = parsing.parse_number(pa.array(["0.49", "0.5", "1e-5", "99.99", "100"]), {"minimum": 0.5, "maximum": 99.99})
    assert parsed.bad.tolist() == [True, False, True, False, True]


def test_text_is_held_to_its_length_and_pattern() -> None:
    parsed = parsing.parse_string(
        pa.array(["GBP", "gbp", "GB\x00", "Ünicode"]), {"pattern": "^[A-Z]{3}$", "maxLength": 3}
    )
    assert reasons(parsed) == [
        None,
        "does not match ^[A-Z]{3}$",
        "has a character NUL in it",
        "is longer than 3 characters",
    ]


def test_dates() -> None:
    parsed = parsing.parse_date(pa.array(["2026-01-31", "2026-01-31T10:00:00Z", "31.01.2026", None]), {})
    assert values(parsed) == [date(2026, 1, 31), date(2026, 1, 31), None, None]


@given(
    st.sampled_from(sorted(parsing.PARSERS)),
    st.lists(st.sampled_from([None, "7", "-2.5", "1e3", "8,0", "2026-02-30", "2026-02-28T23:59Z", "ABC", "£"])),
    st.integers(1, 5),
)
def test_texts_that_repeat_themselves_are_read_as_each_alone(kind: str, texts: list[str | None], times: int) -> None:
    options = {"minimum": 0} if kind in ("integer", "number") else {}
    repeated = pa.array(texts * times, pa.string())
    alone, together = parsing.PARSERS[kind](repeated, options), parsing.parse(kind, repeated, options)
    assert together.values.equals(alone.values)
    assert reasons(together) == reasons(alone)
