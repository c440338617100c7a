"""Contracts: what a source's files must look like, one YAML file a source in the Open Data Contract Standard v3.

https://bitol-io.github.io/open-data-contract-standard/ - the standard's `physicalName` of the schema holds the
pattern of the object names, that of a property the column's name in the files. What the standard has no word for
stands in custom properties, which docs/contracts.md explains: SCHEMA_PROPERTIES and COLUMN_PROPERTIES name
them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Literal

from functions.errors import PermanentError

FOLDER = Path(__file__).parent / "contracts"

SCHEMA_PROPERTIES = (
    "delivery", "anomalies", "schemaDrift", "returns", "repeats", "lines", "sheet", "delimiter", "quote", "escape",
    "encoding",
)  # fmt: skip
NOTATION = ("decimalSeparator", "thousandsSeparator", "otherFormats")
COLUMN_PROPERTIES = ("remove", "default", *NOTATION)

Policy = Literal["evolve", "refuse"]


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
    is_personal: bool = False


@dataclass(frozen=True)
class Layout:
    """How the files are written, where it cannot be seen from them; None leaves it to be found out."""

    delimiter: str | None = None
    quote: str = '"'
    escape: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    lines: str | None = None


@dataclass(frozen=True)
class DriftPolicy:
    """Whether a file is read all the same where its columns are not those of the contract."""

    new: Policy = "evolve"
    missing: Policy = "evolve"
    retyped: Policy = "evolve"


@dataclass(frozen=True)
class Returns:
    """Which rows are returns: those whose column `column` (of the platform) matches `pattern`."""

    column: str
    pattern: str


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
    layout: Layout = Layout()
    drift: DriftPolicy = DriftPolicy()
    returns: Returns | None = None
    rejects_repeats: bool = False

    @property
    def replaces_orders(self) -> bool:
        """Sales without line numbers: a delivery that mentions an order states all its lines."""
        return self.entity == "sales" and "line_no" not in {column.name for column in self.columns}

    @property
    def personal_names(self) -> list[str]:
        """The columns that tell of a person, by their names in the platform."""
        return [column.name for column in self.columns if column.is_personal]

    @property
    def required_names(self) -> list[str]:
        """The columns that a file must have, by their names in it."""
        return [column.physical_name for column in self.columns if column.required and column.default is None]

    def missing(self, names: Sequence[str]) -> list[str]:
        """The columns that a file must have and that are not among `names`."""
        there = {folded(name) for name in names}
        return [name for name in self.required_names if folded(name) not in there]

    def check_columns(self, names: Sequence[str], file: str) -> None:
        """Raise PermanentError where `names`, the columns of `file`, lack a required one or have one twice."""
        missing = self.missing(names)
        if missing:
            shown = ", ".join(name.strip()[:40] for name in names[:20]) or "none"
            raise PermanentError(
                f"{file} lacks {len(missing)} of the columns that its source {self.source!r} must have: "
                f"{', '.join(missing)}. The columns found are: {shown}. Add what is missing and upload it again."
            )
        found = [folded(name) for name in names]
        twice = [column.physical_name for column in self.columns if found.count(folded(column.physical_name)) > 1]
        if twice:
            raise PermanentError(
                f"{file} has column {twice[0]!r} more than once, so it is not known which one counts. "
                "Rename or delete the others and upload it again."
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
    import yaml  # only who reads one needs it

    return from_document(yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader))


def from_document(document: dict[str, Any]) -> Contract:
    """The contract that a document of the standard states; `contract_check.problems` says what is wrong with one."""
    schema = document["schema"][0]
    own = custom(schema)
    return Contract(
        source=document["id"],
        version=document["version"],
        entity=schema["name"],
        pattern=schema["physicalName"],
        columns=tuple(_column(item) for item in schema["properties"]),
        is_snapshot=own.get("delivery") == "snapshot",
        flags_anomalies=own.get("anomalies") == "flag",
        layout=Layout(**{name: own[name] for name in Layout.__dataclass_fields__ if name in own}),
        drift=DriftPolicy(**own.get("schemaDrift", {})),
        returns=Returns(**own["returns"]) if "returns" in own else None,
        rejects_repeats=own.get("repeats") == "reject",
    )


def _column(item: dict[str, Any]) -> Column:
    own = custom(item)
    options = item.get("logicalTypeOptions", {})
    return Column(
        name=item["name"],
        physical_name=item.get("physicalName", item["name"]),
        logical_type=item["logicalType"],
        required=item.get("required", False),
        is_key=item.get("primaryKey", False),
        options={**options, **{name: own[name] for name in NOTATION if name in own}, **_enumerated(item)},
        remove=own.get("remove"),
        default=own.get("default"),
        is_personal=item.get("classification") == "personal",
    )


def _enumerated(item: dict[str, Any]) -> dict[str, Any]:
    return {"enum": [entry["value"] for entry in item["enum"]]} if item.get("enum") else {}


def custom(item: dict[str, Any]) -> dict[str, Any]:
    """The custom properties of a schema or a property, by name."""
    return {entry["property"]: entry["value"] for entry in item.get("customProperties") or []}
