"""Contracts: what a source's files must look like, one YAML file a source in the Open Data Contract Standard v3.

https://bitol-io.github.io/open-data-contract-standard/ - the standard's `physicalName` of the schema holds the
pattern of the object names, that of a property the column's name in the files. Custom properties of ours are `remove`,
a regular expression whose matches are taken out of a value before it is read; `default`, the value of a column that the
files do not have; and, of the schema, `delivery`: `changes` (the default) or `snapshot`, a file that states all there
is, so that what it does not mention is retired; and `anomalies`: `hold` (the default) keeps an anomalous sale until a
person releases it, `flag` loads it and says so in the quality log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from functions.errors import PermanentError

FOLDER = Path(__file__).parent / "contracts"


@dataclass(frozen=True)
class Column:
    """A column: its name in the platform, its name in the files, and what its values must be."""

    name: str
    physical_name: str
    logical_type: str
    required: bool
    is_key: bool
    options: dict[str, Any]
    remove: str | None
    default: str | None


@dataclass(frozen=True)
class Contract:
    """What the files of one source must look like, and which entity (sales, products, customers) they feed."""

    source: str
    version: str
    entity: str
    pattern: str
    columns: tuple[Column, ...]
    is_snapshot: bool = False
    flags_anomalies: bool = False

    @property
    def replaces_orders(self) -> bool:
        """Sales without line numbers: a delivery that mentions an order states all its lines."""
        return self.entity == "sales" and "line_no" not in {column.name for column in self.columns}

    def check_columns(self, names: Sequence[str], file: str) -> None:
        """Raise PermanentError where required columns are not among `names`, the columns of `file`."""
        there = {folded(name) for name in names}
        required = [column.physical_name for column in self.columns if column.required and column.default is None]
        missing = [name for name in required if folded(name) not in there]
        if missing:
            shown = ", ".join(name.strip()[:40] for name in names[:20]) or "none"
            raise PermanentError(
                f"{file} lacks {len(missing)} of the columns that its source {self.source!r} must have: "
                f"{', '.join(missing)}. The columns found are: {shown}. Add what is missing and upload it again."
            )


def folded(name: str) -> str:
    """A column's name as it is compared: without spaces around it, in whatever case."""
    return name.strip().casefold()


def for_object(name: str) -> Contract:
    """The contract of an object, the most specific pattern first; raises PermanentError where there is none."""
    matching = [contract for contract in contracts() if fnmatchcase(name, contract.pattern)]
    if not matching:
        known = ", ".join(sorted(contract.pattern for contract in contracts()))
        raise PermanentError(
            f"No contract matches {name!r}, so it is not known what the file holds. "
            f"Upload it under one of these names: {known}; or add a contract for it."
        )
    return max(matching, key=lambda contract: len(contract.pattern))


@cache
def contracts() -> tuple[Contract, ...]:
    """Every contract of the platform."""
    return tuple(load(path) for path in sorted(FOLDER.glob("*.yaml")))


def load(path: Path) -> Contract:
    """Read a contract from a file."""
    document = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    schema = document["schema"][0]
    return Contract(
        source=document["id"],
        version=document["version"],
        entity=schema["name"],
        pattern=schema["physicalName"],
        columns=tuple(_column(item) for item in schema["properties"]),
        is_snapshot=_custom(schema).get("delivery") == "snapshot",
        flags_anomalies=_flags_anomalies(_custom(schema), path),
    )


def _flags_anomalies(custom: dict[str, Any], path: Path) -> bool:
    policy = custom.get("anomalies", "hold")
    if policy not in ("hold", "flag"):
        raise ValueError(f"{path}: custom property `anomalies` is {policy!r}; it has to be `hold` or `flag`")
    return bool(policy == "flag")


def _column(item: dict[str, Any]) -> Column:
    custom = _custom(item)
    return Column(
        name=item["name"],
        physical_name=item.get("physicalName", item["name"]),
        logical_type=item["logicalType"],
        required=item.get("required", False),
        is_key=item.get("primaryKey", False),
        options=item.get("logicalTypeOptions", {}),
        remove=custom.get("remove"),
        default=custom.get("default"),
    )


def _custom(item: dict[str, Any]) -> dict[str, Any]:
    return {entry["property"]: entry["value"] for entry in item.get("customProperties", [])}
