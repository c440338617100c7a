"""How a shop writes numbers, dates and times, turned into the one way that is parsed.

Pure functions over whole Arrow columns. What is not written as the contract says comes out as a text that is no value.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

NO_VALUE = "?"
# Spaces between digits are of several kinds, and so are apostrophes.
ALIKE = {" ": "[ \u00a0\u202f\u2009]", "'": "['\u2019]"}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
ISO_LIKE = r"^\d{4}-\d\d-\d\d([ T]|$)"

# Letters of the Java patterns that the contract standard uses, longest first.
LETTERS = {
    "yyyy": r"(?P<year>\d{4})", "uuuu": r"(?P<year>\d{4})", "yy": r"(?P<short_year>\d{2})",
    "MMMM": r"(?P<month_name>\p{L}+)", "MMM": r"(?P<month_name>\p{L}{3})\p{L}?\.?", "MM": r"(?P<month>\d{2})",
    "M": r"(?P<month>\d{1,2})", "dd": r"(?P<day>\d{2})", "d": r"(?P<day>\d{1,2})",
    "HH": r"(?P<hour>\d{2})", "H": r"(?P<hour>\d{1,2})", "hh": r"(?P<hour12>\d{2})", "h": r"(?P<hour12>\d{1,2})",
    "mm": r"(?P<minute>\d{2})", "m": r"(?P<minute>\d{1,2})", "ss": r"(?P<second>\d{2})", "s": r"(?P<second>\d{1,2})",
    "a": r"(?P<half>(?i:[ap]\.?m\.?))", "EEEE": r"\p{L}+", "EEE": r"\p{L}{2,3}\.?",
    "XXX": r"(?P<zone>Z|[+-]\d\d:\d\d)", "XX": r"(?P<zone>Z|[+-]\d{4})", "xx": r"(?P<zone>[+-]\d{4})",
    "xxx": r"(?P<zone>[+-]\d\d:\d\d)", "Z": r"(?P<zone>[+-]\d{4})",
}  # fmt: skip
TOKEN = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|.", re.DOTALL)


class FormatError(ValueError):
    """A date format of a contract that is not understood; the message says what in it."""


def plain_numbers(texts: pa.Array, options: dict[str, Any]) -> pa.Array:
    """Numbers with the contract's separators as numbers with a point alone; digits must be grouped rightly."""
    decimal, thousands = options.get("decimalSeparator"), options.get("thousandsSeparator")
    if decimal is None and thousands is None:
        return texts
    point, group = _class(decimal or "."), _class(thousands) if thousands else None
    whole = rf"(\d{{1,3}}({group}\d{{3}})+|\d+)" if group else r"\d+"
    well_written = pc.match_substring_regex(texts, rf"^[+-]?({whole}({point}\d*)?|{point}\d+)([eE][+-]?\d+)?$")
    plain = pc.replace_substring_regex(texts, group, "") if group else texts
    plain = pc.replace_substring_regex(plain, point, ".")
    return _where_well(well_written, plain, texts)


def iso_times(texts: pa.Array, options: dict[str, Any]) -> pa.Array:
    """Dates and times in the contract's formats as ISO 8601; what is in none of them stays if it is ISO 8601 already.

    A workbook or Parquet file has dates of its own, which are read as ISO whatever the contract says of text.
    """
    if not formats(options):
        return texts
    rest = pc.match_substring_regex(texts, ISO_LIKE)
    result = _where_well(rest, texts, texts)
    for pattern in reversed(formats(options)):
        fields = pc.extract_regex(texts, regex(pattern))
        result = pc.if_else(pc.is_valid(fields), _iso(fields), result)
    return result


def formats(options: dict[str, Any]) -> list[str]:
    """The date formats that a column may be in, the first that fits counting."""
    first = [options["format"]] if "format" in options else []
    return first + list(options.get("otherFormats", []))


def described(options: dict[str, Any]) -> str:
    """The formats as a person is told of them; empty where ISO 8601 is all there is."""
    return f"in the form {' or '.join(formats(options))}" if formats(options) else ""


@cache
def regex(pattern: str) -> str:
    """A date pattern as a regular expression with named fields; raises FormatError."""
    parts = [_part(match, pattern) for match in TOKEN.finditer(pattern)]
    names = re.findall(r"\?P<(\w+)>", "".join(parts))
    if len(names) != len(set(names)):
        raise FormatError(f"{pattern!r} names a field twice")
    if "day" not in names or not {"month", "month_name"} & set(names) or not {"year", "short_year"} & set(names):
        raise FormatError(f"{pattern!r} does not name a year, a month and a day")
    if "hour12" in names and "half" not in names:
        raise FormatError(f"{pattern!r} has hours up to 12 and no 'a' for AM or PM")
    return f"^{''.join(parts)}$"


def _part(match: re.Match[str], pattern: str) -> str:
    token = match.group(0)
    if match.group(1) is not None:
        return re.escape(match.group(1).replace("''", "'") or "'")
    if not match.group(2):
        return {"[": "(?:", "]": ")?"}.get(token, re.escape(token))
    if set(token) == {"S"}:
        return r"(?P<fraction>\d{1,9})"
    if token not in LETTERS:
        raise FormatError(f"{token!r} in {pattern!r} is not read; use {', '.join(LETTERS)} or S for fractions")
    return LETTERS[token]


def _iso(fields: pa.StructArray) -> pa.Array:
    """Matched fields as ISO 8601; what is no month or hour is left to the calendar to refuse."""
    date = _joined([_year(fields), _month(fields), _padded(_field(fields, "day"))], "-")
    time = _joined([_hour(fields), *(_padded(_field(fields, name)) for name in ("minute", "second"))], ":")
    fraction = _field(fields, "fraction")
    fraction = pc.if_else(pc.equal(fraction, ""), "", pc.binary_join_element_wise(".", fraction, ""))
    return _joined([date, "T", time, fraction, _field(fields, "zone")], "")


def _field(fields: pa.StructArray, name: str) -> pa.Array:
    """A field's text; empty where the pattern has no such field or it is left out."""
    names = [fields.type.field(number).name for number in range(fields.type.num_fields)]
    return pc.fill_null(fields.field(name), "") if name in names else pa.array([""] * len(fields), pa.string())


def _padded(texts: pa.Array) -> pa.Array:
    return pc.utf8_lpad(texts, 2, "0")


def _year(fields: pa.StructArray) -> pa.Array:
    """Years of two digits are those from 1970 to 2069, as in POSIX."""
    short = _field(fields, "short_year")
    century = pc.if_else(pc.less(short, "70"), "20", "19")
    long = pc.binary_join_element_wise(century, short, "")
    return pc.if_else(pc.equal(short, ""), _field(fields, "year"), long)


def _month(fields: pa.StructArray) -> pa.Array:
    name = pc.utf8_slice_codeunits(pc.utf8_lower(_field(fields, "month_name")), 0, 3)
    number = pc.index_in(name, value_set=pa.array(MONTHS))
    named = pc.fill_null(pc.cast(pc.add(number, 1), pa.string()), "99")
    return _padded(pc.if_else(pc.equal(name, ""), _field(fields, "month"), named))


def _hour(fields: pa.StructArray) -> pa.Array:
    stated = _field(fields, "hour12")
    hour = pc.cast(pc.if_else(pc.equal(stated, ""), "0", stated), pa.int32())
    is_afternoon = pc.starts_with(pc.utf8_lower(_field(fields, "half")), "p")
    full = pc.add(pc.if_else(pc.equal(hour, 12), 0, hour), pc.if_else(is_afternoon, 12, 0))
    is_right = pc.and_(pc.greater_equal(hour, 1), pc.less_equal(hour, 12))
    as_text = pc.if_else(is_right, pc.cast(full, pa.string()), "99")
    return _padded(pc.if_else(pc.equal(stated, ""), _field(fields, "hour"), as_text))


def _joined(parts: list[Any], separator: str) -> pa.Array:
    return pc.binary_join_element_wise(*parts, separator)


def _class(separator: str) -> str:
    return ALIKE.get(separator, re.escape(separator))


def _where_well(well_written: pa.Array, values: pa.Array, texts: pa.Array) -> pa.Array:
    """The values where they are well written, no value where they are not, and null where nothing is written."""
    told = pc.if_else(pc.fill_null(well_written, False), values, NO_VALUE)
    return pc.if_else(pc.is_valid(texts), told, pa.scalar(None, pa.string()))
