"""Text to typed columns: for each type of the data contract standard, its values and what is wrong with a text.

Pure functions over whole Arrow columns. A null text is a null value and no problem.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from functions import notation

Options = dict[str, Any]
Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]

INSTANT = pa.timestamp("us", tz="UTC")
FIRST = pa.scalar(datetime.min.replace(tzinfo=UTC), INSTANT)
LAST = pa.scalar(datetime.max.replace(tzinfo=UTC), INSTANT)
DECIMAL = pa.decimal128(18, 6)
DECIMAL_TEXT = r"^[+-]?(\d{1,12}(\.\d{0,6}0*)?|\.\d{1,6}0*)$"
EXPONENT_TEXT = r"^[+-]?\d{1,17}(\.\d{0,17})?[eE][+-]?\d{1,2}$"
TIMESTAMP_TEXT = (
    r"^(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"(?:[ T](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d{1,6}0*)?)?"
    r"(?P<zone>Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?)?$"
)
DAYS_IN_MONTH = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


@dataclass(frozen=True)
class Parsed:
    """A typed column, and for each kind of problem the rows that have it.

    Where it repeats itself and all could be read, it is there `encoded` too: each text of it once.
    """

    values: pa.Array
    problems: tuple[tuple[Mask, str], ...] = ()
    encoded: pa.DictionaryArray | None = None

    @property
    def bad(self) -> Mask:
        """Which rows have any problem."""
        nothing = np.zeros(len(self.values), dtype=bool)
        return np.asarray(np.logical_or.reduce([nothing, *(mask for mask, _ in self.problems)]), dtype=bool)

    def also(self, mask: Mask, reason: str) -> Parsed:
        """The same with one more kind of problem, if any row has it."""
        return replace(self, problems=(*self.problems, (mask, reason))) if mask.any() else self

    def reasons(self, places: np.ndarray[Any, np.dtype[np.int64]]) -> list[str | None]:
        """What is wrong at these rows, None where nothing is."""
        found = np.full(len(places), None, dtype=object)
        for mask, reason in reversed(self.problems):
            found[mask[places]] = reason
        return list(found)


def parse_string(texts: pa.Array, options: Options) -> Parsed:
    """Text, with `maxLength` in characters and `pattern`; PostgreSQL holds no character NUL."""
    parsed = Parsed(texts).also(_where(pc.match_substring(texts, "\x00")), "has a character NUL in it")
    if "maxLength" in options:
        longest = options["maxLength"]
        parsed = parsed.also(_where(pc.greater(pc.utf8_length(texts), longest)), f"is longer than {longest} characters")
    if "pattern" in options:
        pattern = options["pattern"]
        parsed = parsed.also(_where_not(pc.match_substring_regex(texts, pattern)), f"does not match {pattern}")
    return _enumerated(parsed, texts, options)


def parse_integer(texts: pa.Array, options: Options) -> Parsed:
    """Whole numbers of up to 18 digits, as int64."""
    texts = notation.plain_numbers(texts, options)
    well_formed = pc.match_substring_regex(texts, r"^[+-]?\d{1,18}$")
    values = _only(well_formed, pc.replace_substring_regex(texts, r"^\+", "")).cast(pa.int64())
    return _limited(Parsed(values).also(_where_not(well_formed), "is not a whole number"), options)


def parse_number(texts: pa.Array, options: Options) -> Parsed:
    """Decimal numbers with up to 12 digits before and 6 after the point, exact, as decimal128(18, 6)."""
    texts = _without_exponents(notation.plain_numbers(texts, options))
    well_formed = pc.match_substring_regex(texts, DECIMAL_TEXT)
    plain = pc.replace_substring_regex(pc.replace_substring_regex(texts, r"(\.\d{6})0+$", r"\1"), r"^\+", "")
    values = _only(well_formed, plain).cast(DECIMAL)
    reason = "is not a number with up to 12 digits before and 6 after the decimal point"
    return _limited(Parsed(values).also(_where_not(well_formed), reason), options)


def parse_timestamp(texts: pa.Array, options: Options) -> Parsed:
    """Instants as timestamp[us, UTC] from ISO 8601 or a `format`; one without an offset is in `defaultTimezone`.

    Where a clock change makes a local time happen twice, the first is meant; where it skips one, the instant of the
    change.
    """
    texts = notation.iso_times(texts, options)
    if (plain := _plain_instants(texts)) is not None:
        return _limited(Parsed(plain), options)
    fields = pc.extract_regex(texts, TIMESTAMP_TEXT)
    well_formed = pc.and_(pc.is_valid(fields), _is_on_the_calendar(fields))
    instants = _instants(_only(well_formed, texts), fields, options.get("defaultTimezone", "Etc/UTC"))
    well_formed = pc.and_(well_formed, pc.and_(pc.greater_equal(instants, FIRST), pc.less_equal(instants, LAST)))
    parsed = Parsed(pc.if_else(well_formed, instants, pa.scalar(None, INSTANT)))
    example = "as in 2026-01-31T23:59:00, with or without an offset such as +01:00"
    reason = f"is not a date and time {notation.described(options) or example}"
    return _limited(parsed.also(_where_not(pc.fill_null(well_formed, False), texts), reason), options)


def parse_date(texts: pa.Array, options: Options) -> Parsed:
    """Days, as date32, from ISO 8601 or a `format`."""
    texts = notation.iso_times(texts, options)
    fields = pc.extract_regex(texts, TIMESTAMP_TEXT)
    well_formed = pc.and_(pc.is_valid(fields), _is_on_the_calendar(fields))
    values = pc.utf8_slice_codeunits(_only(well_formed, texts), 0, 10).cast(pa.date32())
    reason = f"is not a date {notation.described(options) or 'as in 2026-01-31'}"
    parsed = Parsed(values).also(_where_not(pc.fill_null(well_formed, False), texts), reason)
    return _limited(parsed, options)


PARSERS: dict[str, Callable[[pa.Array, Options], Parsed]] = {
    "string": parse_string,
    "integer": parse_integer,
    "number": parse_number,
    "timestamp": parse_timestamp,
    "date": parse_date,
}


def parse(kind: str, texts: pa.Array, options: Options) -> Parsed:
    """The texts as a type of the standard; where they repeat themselves, as most columns do, each text once."""
    encoded = texts.dictionary_encode()
    if 2 * len(encoded.dictionary) > len(texts):
        return PARSERS[kind](texts, options)
    once = PARSERS[kind](encoded.dictionary, options)
    places = pc.fill_null(encoded.indices, len(encoded.dictionary)).to_numpy(zero_copy_only=False)
    problems = tuple((np.append(mask, False)[places], reason) for mask, reason in once.problems)
    values = texts if kind == "string" else once.values.take(encoded.indices)
    if once.values.null_count:
        return Parsed(values, problems)
    return Parsed(values, problems, pa.DictionaryArray.from_arrays(encoded.indices, once.values))


def text_array(texts: list[str]) -> pa.Array:
    """Texts as a column, tidied as the rules tidy them."""
    return pc.utf8_trim_whitespace(pa.array(texts, pa.string()))


def _where(condition: pa.Array) -> Mask:
    return np.asarray(pc.fill_null(condition, False).to_numpy(zero_copy_only=False), dtype=bool)


def _where_not(condition: pa.Array, texts: pa.Array | None = None) -> Mask:
    wrong = pc.invert(condition)
    return _where(wrong if texts is None else pc.and_(wrong, pc.is_valid(texts)))


def _only(well_formed: pa.Array, texts: pa.Array) -> pa.Array:
    return pc.if_else(well_formed, texts, pa.scalar(None, pa.string()))


def _without_exponents(texts: pa.Array) -> pa.Array:
    """Numbers such as 1e-05, which JSON has, as plain decimals; most columns have none and stay as they are."""
    has_exponent = pc.fill_null(pc.match_substring_regex(texts, EXPONENT_TEXT), False)
    if not pc.any(has_exponent).as_py():
        return texts
    wide = _only(has_exponent, texts).cast(pa.float64()).cast(pa.decimal128(38, 10), safe=False)
    plain = pc.replace_substring_regex(wide.cast(pa.string()), r"\.?0+$", "")
    return pc.if_else(has_exponent, plain, texts)


def _enumerated(parsed: Parsed, texts: pa.Array, options: Options) -> Parsed:
    """Add what is not among the values of `enum`."""
    if "enum" not in options:
        return parsed
    allowed = [str(value) for value in options["enum"]]
    unknown = pc.and_(pc.invert(pc.is_in(texts, value_set=pa.array(allowed, pa.string()))), pc.is_valid(texts))
    return parsed.also(_where(unknown), f"is not one of {', '.join(allowed)}")


def _limited(parsed: Parsed, options: Options) -> Parsed:
    """Add what lies below `minimum` or above `maximum`."""
    if "minimum" in options:
        least = _limit(options["minimum"], parsed.values.type)
        parsed = parsed.also(_where(pc.less(parsed.values, least)), f"is less than {options['minimum']}")
    if "maximum" in options:
        most = _limit(options["maximum"], parsed.values.type)
        parsed = parsed.also(_where(pc.greater(parsed.values, most)), f"is more than {options['maximum']}")
    return parsed


def _limit(value: object, kind: pa.DataType) -> pa.Scalar:
    """A limit from the contract as a value of the column's type."""
    if pa.types.is_timestamp(kind):
        return pa.scalar(datetime.fromisoformat(str(value)), kind)
    if pa.types.is_decimal(kind):
        return pa.scalar(Decimal(str(value)), kind)
    return pa.scalar(date.fromisoformat(str(value)) if pa.types.is_date(kind) else value, kind)


def _plain_instants(texts: pa.Array) -> pa.Array | None:
    """Instants where all are written as 2026-01-31T23:59:00Z, which takes a fortieth of looking for anything else."""
    has_their_length = pc.equal(pc.binary_length(texts), len("2026-01-31T23:59:00Z"))
    if not pc.all(pc.and_(has_their_length, pc.ends_with(texts, "Z"))).as_py():
        return None
    try:
        instants = texts.cast(INSTANT)
    except pa.ArrowInvalid:
        return None
    return instants if pc.all(pc.greater_equal(instants, FIRST)).as_py() else None


def _is_on_the_calendar(fields: pa.StructArray) -> pa.Array:
    """Whether year, month, day, hour, minute and second exist, the 29th of February in leap years alone."""
    year, month, day, hour, minute, second = (
        _number(fields, name) for name in ("year", "month", "day", "hour", "minute", "second")
    )
    is_leap = (month == 2) & (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last_day = DAYS_IN_MONTH[np.where(month <= 12, month, 0)] + is_leap
    on_calendar = (year >= 1) & (month >= 1) & (day >= 1) & (day <= last_day)
    return pa.array(on_calendar & (hour < 24) & (minute < 60) & (second < 60))


def _number(fields: pa.StructArray, name: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    """A field as numbers; what is not there counts as 0."""
    texts = pc.fill_null(fields.field(name), "")
    return np.asarray(pc.if_else(pc.equal(texts, ""), "0", texts).cast(pa.int64()), dtype=np.int64)


def _instants(texts: pa.Array, fields: pa.StructArray, zone: str) -> pa.Array:
    """Well-formed timestamps as instants: those with an offset as they say, the others in `zone`."""
    texts = pc.replace_substring_regex(texts, r"(\.\d{6})0+", r"\1")
    has_offset = pc.fill_null(pc.not_equal(fields.field("zone"), ""), False)
    stated = _only(has_offset, texts).cast(INSTANT)
    local = _only(pc.invert(has_offset), texts).cast(pa.timestamp("us"))
    assumed = pc.assume_timezone(local, zone, ambiguous="earliest", nonexistent="latest").cast(INSTANT)
    return pc.coalesce(stated, assumed)
