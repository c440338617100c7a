"""What is wrong with a contract's file: everything at once, each with its line and place and what to do.

First the standard's own JSON schema, which tells misspelt words of the standard; then what this platform adds to it:
its custom properties, what its columns can hold, and what each entity needs. What the platform's columns are is read
from its own contracts (sales, products, customers).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jsonschema import Draft201909Validator
from jsonschema.exceptions import ValidationError

from functions import contract_columns, contract_places, contract_policies
from functions.contract import FOLDER, Column, Contract, folded, load
from functions.contract_columns import Finding
from functions.contract_places import NotYamlError, Text
from functions.contract_policies import own_properties
from functions.operation import OPERATION

ENTITIES = ("sales", "products", "customers")
RESERVED = ("source_row",)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where, and what to do."""

    line: int
    place: str
    what: str

    def __str__(self) -> str:
        """As a person reads it."""
        return f"line {self.line}, {self.place}: {self.what}."


def problems(path: Path) -> list[Problem]:
    """Everything that is wrong with a contract's file, in the order of its lines; none where it can be used."""
    try:
        text = contract_places.read(path.read_bytes())
    except NotYamlError as error:
        return [Problem(1, path.name, str(error))]
    if not isinstance(text.document, dict):
        return [Problem(1, path.name, "is no contract: at its top there is no mapping with `schema` and the rest")]
    found = [Problem(line, key, "stands here twice; leave one") for line, key in text.repeated_keys()]
    told = [*_standard(text.document), *_document(text.document, path)]
    found += [Problem(text.line(place), text.shown(place), what) for place, what in _by_number(text, told)]
    return sorted(set(found), key=lambda problem: (problem.line, problem.place, problem.what))


def _by_number(text: Text, told: list[Finding]) -> Iterator[Finding]:
    """The same with custom properties, which checks know by their names, where they stand in their list."""
    for place, what in told:
        *before, last = place or ("",)
        if before and before[-1] == "customProperties" and isinstance(last, str):
            item: Any = text.document
            for step in before:
                item = item[step]
            number = next(
                n for n, entry in enumerate(item) if isinstance(entry, dict) and entry.get("property") == last
            )
            yield (*before, number), what
        else:
            yield place, what


@cache
def _validator() -> Draft201909Validator:
    schema = files("open_data_contract_standard").joinpath("schema.json").read_text(encoding="utf-8")
    return Draft201909Validator(json.loads(schema))


def _standard(document: dict[str, Any]) -> Iterator[Finding]:
    """What the standard itself does not allow."""
    for error in _validator().iter_errors(document):
        for leaf in _leaves(error):
            yield tuple(leaf.absolute_path), f"{leaf.message[:200].rstrip('.')}, says the standard"


def _leaves(error: ValidationError) -> list[ValidationError]:
    """The errors beneath one, where all of them have to be mended; else the error itself."""
    return [leaf for cause in error.context or [] for leaf in _leaves(cause)] if error.validator == "allOf" else [error]


def _document(document: dict[str, Any], path: Path) -> Iterator[Finding]:
    version = str(document.get("apiVersion"))
    if not version.startswith("v3."):
        yield ("apiVersion",), f"is {version}; contracts are written in version 3 of the standard: say v3.1.0"
    schemas = document.get("schema")
    if not isinstance(schemas, list) or len(schemas) != 1 or not isinstance(schemas[0], dict):
        yield ("schema",), "has to be a list of exactly one schema, since a source's files are of one kind"
        return
    yield from _names(document, schemas[0], path)
    entity = schemas[0].get("name")
    if entity not in ENTITIES:
        yield ("schema", 0, "name"), f"{entity!r} is nothing that the platform keeps; it is {', '.join(ENTITIES)}"
        return
    for place, what in _schema(schemas[0], str(entity)):
        yield ("schema", 0, *place), what


def _names(document: dict[str, Any], schema: dict[str, Any], path: Path) -> Iterator[Finding]:
    """The source and its files: told apart from those of every other contract."""
    if path.suffix != ".yaml":
        yield (), f"is in {path.name}, but only files named .yaml are found"
    pattern = schema.get("physicalName")
    if not isinstance(pattern, str) or not pattern.strip():
        yield ("schema", 0, "physicalName"), "is missing: say which objects are meant, such as sales/my-shop/*"
    for other, known in _shipped():
        if other.name == path.name:
            continue
        if known.source == document.get("id"):
            yield ("id",), f"{known.source!r} is the source of {other.name} too; choose another"
        if known.pattern == pattern:
            yield ("schema", 0, "physicalName"), f"{pattern!r} is that of {other.name} too; choose another"


def _schema(schema: dict[str, Any], entity: str) -> Iterator[Finding]:
    items = schema.get("properties")
    columns = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    if not columns:
        yield ("properties",), "is missing: it lists the columns"
    yield from _repeated_properties(schema, ())
    yield from contract_policies.findings(schema, entity, columns)
    platform = _platform(entity)
    for number, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict):
            yield from (
                (("properties", number, *place), what) for place, what in _column(item, entity, platform, columns)
            )
    yield from _needed(entity, platform, columns)
    yield from _twice(columns)


def _platform(entity: str) -> dict[str, Column]:
    return {column.name: column for path, known in _shipped() if path.stem == entity for column in known.columns}


@cache
def _shipped() -> list[tuple[Path, Contract]]:
    return [(path, load(path)) for path in sorted(FOLDER.glob("*.yaml"))]


def _column(
    item: dict[str, Any], entity: str, platform: dict[str, Column], columns: list[dict[str, Any]]
) -> Iterator[Finding]:
    name = item.get("name")
    if not isinstance(name, str) or not name or name in RESERVED:
        yield ("name",), f"{name!r} cannot be the name of a column; choose another"
        return
    if "physicalName" in item and (not isinstance(item["physicalName"], str) or not item["physicalName"].strip()):
        yield ("physicalName",), "is empty; it is what the column is called in the files"
    yield from _repeated_properties(item, ())
    yield from contract_columns.findings(item, own_properties(item), platform.get(name))
    declared = {column["name"] for column in columns if isinstance(column.get("name"), str)}
    if name not in platform:
        yield from _unknown(name, entity, [other for other in platform if other not in declared])
        if item.get("primaryKey"):
            yield ("primaryKey",), f"is no key of {entity}; their keys are {', '.join(_keys(entity, declared))}"
    elif item.get("primaryKey", False) != (name in _keys(entity, declared)) and _has_keys(entity, declared):
        yield ("primaryKey",), f"has to be {str(name in _keys(entity, declared)).lower()}: {entity} have other keys"
    if entity == "customers" and name not in ("valid_from", OPERATION) and item.get("classification") != "personal":
        yield ("classification",), "has to be personal: it tells of a person, and no range of it is kept"


def _unknown(name: str, entity: str, free: list[str]) -> Iterator[Finding]:
    meant = get_close_matches(name, free, 1, 0.8)
    if meant:
        yield ("name",), f"{name!r} is no column of the platform; did you mean {meant[0]!r}?"
    elif entity != "sales":
        yield ("name",), f"{name!r} is nothing that the platform keeps of {entity}; leave it out"


def _has_keys(entity: str, declared: set[Any]) -> bool:
    return entity != "sales" or "line_no" in declared


def _keys(entity: str, declared: set[Any]) -> list[str]:
    return [column.name for column in _platform(entity).values() if column.is_key and column.name in declared]


def _needed(entity: str, platform: dict[str, Column], columns: list[dict[str, Any]]) -> Iterator[Finding]:
    by_name = {column["name"]: column for column in columns if isinstance(column.get("name"), str)}
    needed = [column.name for column in platform.values() if column.required and column.name != "line_no"]
    for name in [*needed, *(["line_no"] if "line_no" in by_name else [])]:
        if name not in by_name:
            yield (
                ("properties",),
                f"column {name!r} is missing, which {entity} cannot do without; where the files have none, give it the "
                "custom property `default`",
            )
        elif by_name[name].get("required") is not True:
            number = [column.get("name") for column in columns].index(name)
            yield ("properties", number, "required"), f"has to be true, since {entity} cannot do without {name}"
    if entity == "sales" and OPERATION in by_name and "line_no" not in by_name:
        number = [column.get("name") for column in columns].index(OPERATION)
        yield ("properties", number), "needs a column line_no, since it takes back a single line"


def _twice(columns: list[dict[str, Any]]) -> Iterator[Finding]:
    for key, what in (("name", "is the name of two columns"), ("physicalName", "is read into two columns")):
        seen: set[str] = set()
        for number, column in enumerate(columns):
            name = folded(str(column.get(key) or column.get("name")))
            if name in seen:
                yield ("properties", number, key), f"{column.get(key) or column.get('name')!r} {what}; leave one"
            seen.add(name)


def _repeated_properties(item: dict[str, Any], place: contract_places.Place) -> Iterator[Finding]:
    entries = item.get("customProperties")
    seen: set[str] = set()
    for number, entry in enumerate(entries if isinstance(entries, list) else []):
        name = entry.get("property") if isinstance(entry, dict) else None
        if not isinstance(name, str):
            continue
        if name in seen:
            yield (*place, "customProperties", number), "stands here twice; leave one"
        seen.add(name)
