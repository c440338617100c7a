"""How a column of text is written: the notation in which most of its values can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from functions import notation, parsing

ENOUGH = 0.5  # of the values that can be read make a notation right
MOST_VALUES = 5_000
CURRENCIES = {"£": "GBP", "€": "EUR", "$": "USD", "¥": "JPY", "zł": "PLN", "₹": "INR"}
SIGNS = r"\s*(£|€|\$|¥|zł|₹|EUR|GBP|USD|CHF)\s*"
POINT_ZERO = r"\.0$"
NUMBERS: list[dict[str, Any]] = [
    {},
    {"decimalSeparator": ","},
    {"thousandsSeparator": ","},
    {"decimalSeparator": ",", "thousandsSeparator": "."},
    {"decimalSeparator": ",", "thousandsSeparator": " "},
    {"thousandsSeparator": " "},
    {"thousandsSeparator": "'"},
    {"decimalSeparator": ",", "thousandsSeparator": "'"},
]
DAYS = (
    "d.M.yyyy", "d/M/yyyy", "M/d/yyyy", "d-M-yyyy", "M-d-yyyy", "yyyy/M/d", "yyyy.M.d", "yyyyMMdd", "d.M.yy", "d/M/yy",
    "M/d/yy", "d MMM yyyy", "d MMMM yyyy", "MMM d, yyyy", "MMMM d, yyyy", "d-MMM-yyyy", "d-MMM-yy", "EEE, d MMM yyyy",
    "EEEE, d MMMM yyyy",
)  # fmt: skip
TIMES = ("", "[ H:mm[:ss]]", "[, H:mm[:ss]]", " h:mm[:ss] a", ", h:mm[:ss] a", "'T'H:mm[:ss][XXX]", " H:mm:ss[ ]xx")
COMPACT = ("yyyyMMddHHmmss", "yyyyMMdd'T'HHmmss[XX]")


@dataclass(frozen=True)
class Written:
    """How a column is written: what the contract has to say of it, and how many of its values are read so.

    `otherwise` is a notation in which as many are read, as other values: a person must say which it is.
    """

    share: float
    options: dict[str, Any] = field(default_factory=dict)
    custom: dict[str, Any] = field(default_factory=dict)
    otherwise: str | None = None

    @property
    def is_right(self) -> bool:
        """Whether that is how it is written, rather than a coincidence."""
        return self.share >= ENOUGH


def written(kind: str, texts: pa.Array) -> Written:
    """How values of type `kind` are written in this column; a column without any value is right as it is."""
    values = texts.drop_null().unique().slice(0, MOST_VALUES)
    if not len(values):
        return Written(1.0)
    if kind == "string":
        return _as_text(values)
    best = max(_tries(kind, values), key=lambda tried: tried.share)
    if best.share == 1.0 or kind not in ("integer", "number"):
        return best
    signed = pc.replace_substring_regex(values, SIGNS, "")
    if signed.equals(values):
        return best
    unsigned = max(_tries(kind, signed), key=lambda tried: tried.share)
    return (
        Written(unsigned.share, {}, {"remove": SIGNS, **unsigned.custom}, unsigned.otherwise)
        if unsigned.share > best.share
        else best
    )


def currency_of(texts: pa.Array) -> str | None:
    """The currency whose sign most values have."""
    sample = " ".join(texts.drop_null().slice(0, 100).to_pylist())
    counts = {code: sample.count(sign) + sample.count(code) for sign, code in CURRENCIES.items()}
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] else None


def kind_of(texts: pa.Array) -> str:
    """The narrowest type that every value is of; numbers that begin with a zero are text."""
    values = texts.drop_null().unique()
    if not len(values) or pc.any(pc.match_substring_regex(values, r"^0\d")).as_py():
        return "string"
    return next((kind for kind in ("integer", "number", "timestamp") if written(kind, values).share == 1.0), "string")


def _as_text(values: pa.Array) -> Written:
    """Numbers that a program has written as 17850.0 are meant as 17850."""
    is_spoilt = pc.all(pc.match_substring_regex(values, r"^\d+\.0$")).as_py()
    return Written(1.0, custom={"remove": POINT_ZERO} if is_spoilt else {})


def _tries(kind: str, values: pa.Array) -> Iterator[Written]:
    """Every notation with the share of values that it reads; of several that read as many, the first is likeliest."""
    is_number = kind in ("integer", "number")
    candidates = NUMBERS if is_number else [{}, *({"format": form} for form in _formats(values))]
    read = [(candidate, parsing.PARSERS[kind](values, candidate).values) for candidate in candidates]
    for candidate, parsed in read:
        known = len(parsed) - parsed.null_count
        rival = next(
            (
                _shown(other)
                for other, its in read
                if known and other is not candidate and its.null_count == parsed.null_count and not its.equals(parsed)
            ),
            None,
        )
        own = {"custom": candidate} if is_number else {"options": candidate}
        yield Written(known / len(parsed), **own, otherwise=rival)


def _formats(values: pa.Array) -> Iterator[str]:
    """Date formats that read any of the values, the American order of day and month first where AM and PM are told."""
    is_american = pc.any(pc.match_substring_regex(values, r"(?i)\d\s*[ap]\.?m\b")).as_py()
    days = sorted(DAYS, key=lambda day: not (is_american and day.startswith("M")))
    some = values.slice(0, 500).to_pylist()
    for form in [*(day + time for time in TIMES for day in days), *COMPACT]:
        if any(map(_python_regex(form).match, some)):
            yield form


@cache
def _python_regex(form: str) -> re.Pattern[str]:
    """A date format for Python's own regular expressions, which are ready a hundred times sooner than Arrow's."""
    return re.compile(notation.regex(form).replace(r"\p{L}", r"[^\W\d_]"))


def _shown(candidate: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value!r}" for name, value in candidate.items()) or "a decimal point, or ISO 8601"
