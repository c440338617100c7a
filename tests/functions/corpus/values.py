"""Numbers and dates as shops of many countries write them; the contract says how."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.functions.corpus.case import HEADER, NOON, Case, sold

GERMAN = {"decimalSeparator": ",", "thousandsSeparator": "."}
FRENCH = {"decimalSeparator": ",", "thousandsSeparator": " "}
SWISS = {"thousandsSeparator": "'"}
ENGLISH = {"thousandsSeparator": ","}


def tabbed(date: str = "2026-01-31T10:30:00Z", qty: str = "2", price: str = "9.5") -> bytes:
    return f"{HEADER}\nA1,{date},P1,{qty},{price},\n".replace(",", "\t").replace("\v", ",").encode()


def price(label: str, text: str, value: str, custom: dict[str, Any] | None = None) -> Case:
    data = tabbed(price=text.replace(",", "\v"))
    return Case(f"price {label}", data, [sold(unit_price=Decimal(value))], columns={"price": {"custom": custom or {}}})


def no_price(label: str, text: str, custom: dict[str, Any] | None = None) -> Case:
    data = tabbed(price=text.replace(",", "\v"))
    columns = {"price": {"custom": custom or {}}}
    return Case(f"no price {label}", data, rejected={1: "is not a number"}, columns=columns)


def date(label: str, text: str, at: datetime, pattern: str = "", zone: str = "Etc/UTC", other: str = "") -> Case:
    options = {"defaultTimezone": zone, **({"format": pattern} if pattern else {})}
    columns = {"date": {"logicalTypeOptions": options, "custom": {"otherFormats": [other]} if other else {}}}
    return Case(f"date {label}", tabbed(date=text.replace(",", "\v")), [sold(sale_timestamp=at)], columns=columns)


def no_date(label: str, text: str, pattern: str = "") -> Case:
    columns = {"date": {"logicalTypeOptions": {"format": pattern} if pattern else {}}}
    return Case(f"no date {label}", tabbed(date=text), rejected={1: "is not a date and time"}, columns=columns)


PRICES = [
    price("with a decimal comma", "9,5", "9.5", {"decimalSeparator": ","}),
    price("German", "1.234.567,89", "1234567.89", GERMAN),
    price("German without thousands", "1234,5", "1234.5", GERMAN),
    price("German thousand and nothing else", "1.234", "1234", GERMAN),
    price("French with a space", "1 234,5", "1234.5", FRENCH),
    price("French with a no-break space", "1\u00a0234,5", "1234.5", FRENCH),
    price("French with a narrow space", "1\u202f234,5", "1234.5", FRENCH),
    price("Swiss", "1'234.50", "1234.5", SWISS),
    price("Swiss with a curly apostrophe", "1\u2019234.50", "1234.5", SWISS),
    price("English thousands", "1,234.5", "1234.5", ENGLISH),
    price("with a plus", "+9.5", "9.5"),
    price("negative", "-9.5", "-9.5"),
    price("with an exponent", "9.5e-2", "0.095"),
    price("with a comma and an exponent", "9,5E-2", "0.095", {"decimalSeparator": ","}),
    price("with spaces around", "  9.5 ", "9.5"),
    price("without a leading zero", ".5", "0.5"),
    price("with trailing zeros beyond the scale", "9.50000000000", "9.5"),
    price("with a currency sign that the contract removes", "£9.50", "9.5", {"remove": "£"}),
    no_price("point where a comma is said", "9.5", {"decimalSeparator": ","}),
    no_price("grouped wrongly", "12.34,5", GERMAN),
    no_price("grouped where nothing is said of it", "1,234.5"),
    no_price("with a currency sign", "£9.50"),
    no_price("not a number", "NaN"),
    no_price("infinite", "inf"),
    no_price("finer than the scale", "0.1234567"),
    no_price("of more digits than there are", "1" * 13),
    no_price("hexadecimal", "0x10"),
    no_price("in Arabic digits", "٣"),
    Case("quantity with thousands", tabbed(qty="1.000"), [sold(quantity=1000)], columns={"qty": {"custom": GERMAN}}),
    Case("quantity written as a decimal", tabbed(qty="2.0"), rejected={1: "qty: '2.0' is not a whole number"}),
    Case("quantity of 19 digits", tabbed(qty="9" * 19), rejected={1: "is not a whole number"}),
    Case("quantity missing", tabbed(qty=""), rejected={1: "qty: is missing"}),
    Case(
        "order not among those of the contract",
        tabbed(), rejected={1: "order: 'A1' is not one of B1, B2"}, columns={"order": {"enum": [{"value": "B1"}, {"value": "B2"}]}},
    ),
]  # fmt: skip

MORNING = NOON.replace(hour=0, minute=0)
DATES = [
    date("ISO with Z", "2026-01-31T10:30:00Z", NOON),
    date("ISO with a space", "2026-01-31 10:30", NOON),
    date("ISO with an offset", "2026-01-31T11:30:00+01:00", NOON),
    date("ISO with an offset without colon", "2026-01-31T11:30:00+0100", NOON),
    date("ISO with a fraction", "2026-01-31T10:30:00.250Z", NOON + timedelta(milliseconds=250)),
    date("ISO day alone", "2026-01-31", MORNING),
    date("in the zone of the contract", "2026-01-31 11:30", NOON, zone="Europe/Berlin"),
    date("in the zone of the contract, in summer", "2026-07-01 12:00", datetime(2026, 7, 1, 10, tzinfo=UTC), zone="Europe/Berlin"),
    date("that happens twice is the first", "2026-10-25 02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), zone="Europe/Berlin"),
    date("that never happens is the change", "2026-03-29 02:30", datetime(2026, 3, 29, 1, tzinfo=UTC), zone="Europe/Berlin"),
    date("with its own offset whatever the zone", "2026-01-31T10:30:00Z", NOON, zone="Asia/Tokyo"),
    date("German", "31.01.2026 10:30", NOON, "dd.MM.yyyy HH:mm"),
    date("German without zeros", "31.1.2026 9:05", NOON.replace(hour=9, minute=5), "d.M.yyyy H:mm"),
    date("British", "31/01/2026 10:30:00", NOON, "dd/MM/yyyy HH:mm:ss"),
    date("American morning", "1/31/26 10:30 AM", NOON, "M/d/yy h:mm a"),
    date("American midnight", "1/31/2026 12:00 am", MORNING, "M/d/yyyy h:mm a"),
    date("American afternoon", "01/31/2026 01:15 PM", NOON.replace(hour=13, minute=15), "MM/dd/yyyy hh:mm a"),
    date("compact", "20260131T103000", NOON, "yyyyMMdd'T'HHmmss"),
    date("compact with an offset left out", "20260131T103000", NOON, "yyyyMMdd'T'HHmmss[XX]"),
    date("compact with an offset", "20260131T113000+0100", NOON, "yyyyMMdd'T'HHmmss[XX]"),
    date("with a month's name", "31 Jan 2026", MORNING, "d MMM yyyy"),
    date("with a weekday's name", "Saturday, 31 January 2026", MORNING, "EEEE, d MMMM yyyy"),
    date("of the last century in two digits", "31.01.99", datetime(1999, 1, 31, tzinfo=UTC), "dd.MM.yy"),
    date("in the second of two formats", "31/01/2026", MORNING, "dd.MM.yyyy", other="dd/MM/yyyy"),
    date("in ISO though a format is said", "2026-01-31T10:30:00Z", NOON, "dd.MM.yyyy"),
    date("day and month as the contract says", "02/01/2026", datetime(2026, 2, 1, tzinfo=UTC), "MM/dd/yyyy"),
    no_date("the 30th of February", "2026-02-30"),
    no_date("the 29th of February in no leap year", "29.02.2025", "dd.MM.yyyy"),
    no_date("with an offset of a day", "2026-01-31T10:30:00-24:00"),
    no_date("with an offset of 99 minutes", "2026-01-31T10:30:00+01:99"),
    no_date("before the first year", "0001-01-01T00:00:00+14:00"),
    no_date("after the last year", "9999-12-31T23:59:59-14:00"),
    date("last of all", "9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    no_date("month 13", "13/31/2026", "MM/dd/yyyy"),
    no_date("at 13 o'clock PM", "1/31/26 13:30 PM", "M/d/yy h:mm a"),
    no_date("at 24 o'clock", "2026-01-31 24:00"),
    no_date("without a format", "31.01.2026"),
    no_date("finer than microseconds", "2026-01-31T10:30:00.1234567Z"),
    no_date("of another language", "31 Jänner 2026", "d MMMM yyyy"),
    no_date("a serial number as text", "46053.4375"),
]  # fmt: skip

CASES = [*PRICES, *DATES]
