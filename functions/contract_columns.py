"""What can be wrong with one column of a contract: pure functions that give a place within it and a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from functions import notation, parsing
from functions.contract import COLUMN_PROPERTIES, NOTATION, Column
from functions.contract_places import Place
from functions.notation import FormatError

Finding = tuple[Place, str]

OPTIONS = {
    "string": ("maxLength", "pattern"),
    "integer": ("minimum", "maximum"),
    "number": ("minimum", "maximum"),
    "timestamp": ("minimum", "maximum", "format", "timezone", "defaultTimezone"),
    "date": ("minimum", "maximum", "format"),
}
NUMBERS = ("integer", "number")
TIMES = ("timestamp", "date")
SEPARATORS = {"decimalSeparator": ".,", "thousandsSeparator": ".,' "}


def findings(item: dict[str, Any], own: dict[str, Any], platform: Column | None) -> Iterator[Finding]:
    """What is wrong with a column, whose custom properties are `own`; `platform` is what it feeds, if anything."""
    kind = item.get("logicalType")
    if not isinstance(kind, str) or kind not in parsing.PARSERS:
        yield (
            ("logicalType",),
            f"{kind!r} is not read here; the types are {', '.join(parsing.PARSERS)}",
        )
        return
    if platform and kind != platform.logical_type:
        yield ("logicalType",), f"is {kind}, but the platform's column {platform.name} is {platform.logical_type}"
        return
    options = item.get("logicalTypeOptions") or {}
    yield from _own_properties(kind, own)
    if not isinstance(options, dict):
        return
    wrong = list(_options(kind, options))
    yield from wrong
    yield from _enumeration(kind, item)
    if platform and not wrong:
        yield from _wider(platform, options, item)
    if not wrong:
        yield from _default(kind, own, options, item)


def _options(kind: str, options: dict[str, Any]) -> Iterator[Finding]:
    for name, value in options.items():
        place = ("logicalTypeOptions", name)
        if name not in OPTIONS[kind]:
            yield (
                place,
                f"is not checked for a {kind} here, so it would promise what nobody keeps; leave it out "
                f"(what is checked: {', '.join(OPTIONS[kind])})",
            )
        elif problem := OPTION_CHECKS.get(name, _nothing)(value, kind):
            yield place, problem
    if not any(True for _ in _limits_apart(kind, options)):
        return
    yield ("logicalTypeOptions",), "minimum is more than maximum, so that no value would be right"


def _limits_apart(kind: str, options: dict[str, Any]) -> Iterator[bool]:
    if "minimum" in options and "maximum" in options and not _limit(options["minimum"], kind):
        least, most = options["minimum"], options["maximum"]
        if not _limit(most, kind) and limit_value(least, kind) > limit_value(most, kind):
            yield True


def limit_value(value: Any, kind: str) -> Any:
    """A limit of a contract as something that can be compared."""
    if kind == "date":
        return date.fromisoformat(str(value))
    return datetime.fromisoformat(str(value)) if kind == "timestamp" else value


def _limit(value: Any, kind: str) -> str:
    if kind in NUMBERS:
        read = parsing.PARSERS[kind](pa.array([str(value)]), {})
        if read.problems:
            return f"{value!r} {read.problems[0][1]}"
        return f"{value!r} is text; write it without quotes" if isinstance(value, str) else ""
    example = "2000-01-01T00:00:00Z" if kind == "timestamp" else "2000-01-01"
    try:
        has_zone = kind == "date" or limit_value(value, kind).tzinfo is not None
        limit_value(value, kind)
    except ValueError:
        has_zone = False
    return "" if has_zone and isinstance(value, str) else f'{value!r} is not written as "{example}", in quotes'


def _length(value: Any, _: str) -> str:
    return "" if type(value) is int and value > 0 else f"{value!r} is not a number of characters"


def pattern_problem(value: Any, _: str = "") -> str:
    """What is wrong with a regular expression; empty where nothing is."""
    if not isinstance(value, str):
        return f"{value!r} is not a regular expression"
    try:
        pc.match_substring_regex(pa.array([""]), value)
    except pa.ArrowInvalid as error:
        return f"{value!r} is not a regular expression that is read here (RE2): {error}"
    return ""


def _format(value: Any, _: str) -> str:
    try:
        notation.regex(value)
    except FormatError as error:
        return str(error)
    except TypeError:
        return f"{value!r} is not a date format such as dd.MM.yyyy"
    return ""


def _zone(value: Any, _: str) -> str:
    try:
        pc.assume_timezone(pa.array([datetime(2026, 1, 1)], pa.timestamp("us")), value)  # noqa: DTZ001 - of no zone yet
    except (pa.ArrowException, TypeError):
        return f"{value!r} is no time zone; name one such as Europe/London or Etc/UTC"
    return ""


def _nothing(_value: Any, _kind: str) -> str:
    return ""


OPTION_CHECKS: dict[str, Callable[[Any, str], str]] = {
    "minimum": _limit, "maximum": _limit, "maxLength": _length, "pattern": pattern_problem, "format": _format,
    "defaultTimezone": _zone,
}  # fmt: skip


def _own_properties(kind: str, own: dict[str, Any]) -> Iterator[Finding]:
    for name in own.keys() - set(COLUMN_PROPERTIES):
        yield ("customProperties", name), f"is unknown; a column can have {', '.join(COLUMN_PROPERTIES)}"
    if "remove" in own and (problem := pattern_problem(own["remove"])):
        yield ("customProperties", "remove"), problem
    if "default" in own and not isinstance(own["default"], str):
        yield ("customProperties", "default"), f"{own['default']!r} is not text; write it in quotes"
    for name, allowed in SEPARATORS.items():
        if name in own and (not isinstance(own[name], str) or len(own[name]) != 1 or own[name] not in allowed):
            yield ("customProperties", name), f"{own[name]!r} is none of {', '.join(map(repr, allowed))}"
    if "thousandsSeparator" in own and own["thousandsSeparator"] == own.get("decimalSeparator", "."):
        yield ("customProperties", "thousandsSeparator"), "is the decimal separator too; say which one is which"
    others = own.get("otherFormats", [])
    if not isinstance(others, list):
        yield ("customProperties", "otherFormats"), "is not a list of date formats"
    elif problem := next(filter(None, (_format(other, kind) for other in others)), ""):
        yield ("customProperties", "otherFormats"), problem
    yield from _misplaced(kind, own)


def _misplaced(kind: str, own: dict[str, Any]) -> Iterator[Finding]:
    for name in NOTATION:
        fits = TIMES if name == "otherFormats" else NUMBERS
        if name in own and kind not in fits:
            yield ("customProperties", name), f"is for {' and '.join(fits)} columns; this one is a {kind}"


def _enumeration(kind: str, item: dict[str, Any]) -> Iterator[Finding]:
    entries = item.get("enum")
    if not entries or not isinstance(entries, list):
        return
    if kind != "string":
        yield ("enum",), f"is checked for text only, and this column is a {kind}; leave it out"
    for number, entry in enumerate(entries):
        if isinstance(entry, dict) and not isinstance(entry.get("value"), str):
            yield ("enum", number), f"{entry.get('value')!r} is not text; write it in quotes"


def _wider(platform: Column, options: dict[str, Any], item: dict[str, Any]) -> Iterator[Finding]:
    """Where a contract would let through what the platform's column cannot hold."""
    kind = platform.logical_type
    for name, limit in platform.options.items():
        place = ("logicalTypeOptions", name)
        if name not in ("minimum", "maximum", "maxLength"):
            continue
        if name not in options:
            yield place, f"is missing; the platform's column holds {_held(name, limit)}, so say {limit!r} or less wide"
            continue
        stated, held = limit_value(options[name], kind), limit_value(limit, kind)
        if stated < held if name == "minimum" else stated > held:
            yield place, f"is {options[name]}, but the platform's column holds {_held(name, limit)}"
    pattern = platform.options.get("pattern")
    if pattern is not None and options.get("pattern") != pattern and not _all_match(item.get("enum"), pattern):
        yield (
            ("logicalTypeOptions", "pattern"),
            f"has to be {pattern!r}, which the platform's column keeps; or name the values as `enum`",
        )


def _held(name: str, limit: Any) -> str:
    return {"minimum": f"{limit} and more", "maximum": f"{limit} at most", "maxLength": f"{limit} characters"}[name]


def _all_match(entries: Any, pattern: str) -> bool:
    values = [entry.get("value") for entry in entries or [] if isinstance(entry, dict)]
    texts = pa.array([value for value in values if isinstance(value, str)], pa.string())
    return bool(values) and len(texts) == len(values) and pc.all(pc.match_substring_regex(texts, pattern)).as_py()


def _default(kind: str, own: dict[str, Any], options: dict[str, Any], item: dict[str, Any]) -> Iterator[Finding]:
    default = own.get("default")
    if not isinstance(default, str):
        return
    place = ("customProperties", "default")
    if not default.strip():
        if item.get("required"):
            yield place, "is empty, but the column is required"
        return
    try:
        stated = {**options, **{name: own[name] for name in NOTATION if name in own}}
        parsed = parsing.PARSERS[kind](pa.array([default]), stated)
    except (pa.ArrowException, ValueError, TypeError):
        return  # the options themselves are wrong, and told of
    if parsed.bad.any():
        yield place, f"{default!r} {parsed.reasons(parsed.bad.nonzero()[0])[0]}"
