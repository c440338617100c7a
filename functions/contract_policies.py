"""What can be wrong with the custom properties of a contract's schema: how its files are written, and its policies."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Any

from functions.contract import SCHEMA_PROPERTIES, DriftPolicy, Returns, custom
from functions.contract_columns import Finding, pattern_problem

CHOICES = {"delivery": ("changes", "snapshot"), "anomalies": ("hold", "flag"), "repeats": ("keep", "reject")}
POLICIES = ("evolve", "refuse")
FOR_SALES = ("anomalies", "returns", "repeats")
MARKS = ("delimiter", "quote", "escape")


def own_properties(item: dict[str, Any]) -> dict[str, Any]:
    """Custom properties by name, as far as they are well formed."""
    entries = item.get("customProperties")
    well_formed = [
        entry
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, dict) and isinstance(entry.get("property"), str) and "value" in entry
    ]
    return custom({"customProperties": well_formed})


def findings(schema: dict[str, Any], entity: str, columns: list[dict[str, Any]]) -> Iterator[Finding]:
    """What is wrong with a schema's custom properties; `columns` are its well-formed columns."""
    own = own_properties(schema)
    told: list[tuple[str, str]] = []
    for name, value in own.items():
        if name not in SCHEMA_PROPERTIES:
            told.append((name, f"is unknown; a schema can have {', '.join(SCHEMA_PROPERTIES)}"))
        elif name in CHOICES and value not in CHOICES[name]:
            told.append((name, f"{value!r} is none of {', '.join(CHOICES[name])}"))
        elif name in FOR_SALES and entity != "sales":
            told.append((name, f"is for sales; {entity} have none"))
        elif name == "delivery" and value == "snapshot" and entity == "sales":
            told.append((name, "a snapshot is for products and customers; what is sold stays sold"))
        elif name in MARKS and (not isinstance(value, str) or len(value) != 1 or not value.isascii()):
            told.append((name, f"{value!r} is not a single ASCII character"))
        elif name in ("sheet", "lines") and (not isinstance(value, str) or not value):
            told.append((name, f"{value!r} is not a name; write it in quotes"))
    told += [("encoding", what) for what in _encoding(own)]
    told += [("schemaDrift", what) for what in _drift(own)]
    told += [("returns", what) for what in _returns(own, columns)]
    marks = [own[name] for name in MARKS if name in own]
    if len(set(map(str, marks))) < len(marks):
        told.append((next(name for name in MARKS if name in own), "delimiter, quote and escape have to differ"))
    yield from ((("customProperties", name), what) for name, what in told)


def _encoding(own: dict[str, Any]) -> Iterator[str]:
    if "encoding" in own:
        try:
            if not codecs.lookup(own["encoding"])._is_text_encoding:
                raise LookupError
        except (LookupError, TypeError, ValueError):
            yield f"{own['encoding']!r} is no encoding of text; name one such as utf-8, cp1252 or iso-8859-2"


def _drift(own: dict[str, Any]) -> Iterator[str]:
    policy = own.get("schemaDrift", {})
    if not isinstance(policy, dict):
        yield f"is not a mapping of {', '.join(DriftPolicy.__dataclass_fields__)} to {' or '.join(POLICIES)}"
        return
    for name, value in policy.items():
        if name not in DriftPolicy.__dataclass_fields__:
            yield f"{name!r} is unknown; it can have {', '.join(DriftPolicy.__dataclass_fields__)}"
        elif value not in POLICIES:
            yield f"{name} is {value!r}, which is none of {', '.join(POLICIES)}"


def _returns(own: dict[str, Any], columns: list[dict[str, Any]]) -> Iterator[str]:
    if "returns" not in own:
        return
    rule = own["returns"]
    if not isinstance(rule, dict) or set(rule) != set(Returns.__dataclass_fields__):
        yield "has to have a `column` (its name in the platform) and a `pattern`, and nothing else"
        return
    names = [column.get("name") for column in columns]
    if rule["column"] not in names:
        yield f"{rule['column']!r} is no column of this contract; its columns are {', '.join(map(str, names))}"
    if problem := pattern_problem(rule["pattern"]):
        yield problem
