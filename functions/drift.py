"""Schema drift: how the columns of a file differ from those of its contract, from the first file on.

A column is new where the contract does not know it, missing where the contract has it and the file does not, and
retyped where most of its values, of a good number, cannot be read as the contract's type.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from functions import parsing
from functions.contract import Contract, folded
from functions.errors import PermanentError
from functions.operation import OPERATION
from functions.readers.rows import TextRows
from functions.rules import Checked

ENOUGH_VALUES = 10
MOST_NAMED = 50
KINDS = ("integer", "number", "timestamp", "string")


@dataclass
class Drift:
    """What is known of the columns of one file so far."""

    contract: Contract
    file: str
    names: dict[str, str] = field(default_factory=dict)
    stated: dict[str, int] = field(default_factory=dict)
    unreadable: dict[str, int] = field(default_factory=dict)
    looks_like: dict[str, str] = field(default_factory=dict)
    has_rows: bool = False

    def watching(self, chunks: Iterator[tuple[TextRows, Checked]]) -> Iterator[tuple[TextRows, Checked]]:
        """The same chunks; raises PermanentError at the first drift that the contract refuses."""
        for rows, checked in chunks:
            self._add(rows, checked)
            self._refuse()
            yield rows, checked

    def _add(self, rows: TextRows, checked: Checked) -> None:
        for name in rows.table.column_names:
            if len(self.names) < 2 * MOST_NAMED or folded(name) in self._known:
                self.names.setdefault(folded(name), name.strip()[:100])
        self.has_rows = self.has_rows or rows.table.num_rows > 0
        for name, reading in checked.readings.items():
            self.stated[name] = self.stated.get(name, 0) + reading.stated
            self.unreadable[name] = self.unreadable.get(name, 0) + reading.unreadable
            if reading.sample and name not in self.looks_like:
                self.looks_like[name] = kind_of(reading.sample)

    @property
    def _known(self) -> dict[str, str]:
        return {folded(column.physical_name): column.physical_name for column in self.contract.columns}

    @property
    def new(self) -> list[str]:
        """Columns that the contract does not know; one without a name is none."""
        return [name for key, name in self.names.items() if key and key not in self._known][:MOST_NAMED]

    @property
    def missing(self) -> list[str]:
        """Columns that the contract expects; where nothing is taken back, none is needed to say so."""
        expected = [column for column in self.contract.columns if column.default is None and column.name != OPERATION]
        absent = [column.physical_name for column in expected if folded(column.physical_name) not in self.names]
        return absent if self.has_rows else []

    @property
    def retyped(self) -> dict[str, str]:
        """Columns of which most values are not of the contract's type, with what they look like instead."""
        return {
            column.physical_name: f"{self.looks_like.get(column.name, 'string')} instead of {column.logical_type}"
            for column in self.contract.columns
            if self.stated.get(column.name, 0) >= ENOUGH_VALUES
            and 2 * self.unreadable.get(column.name, 0) > self.stated[column.name]
        }

    def as_dict(self) -> dict[str, list[str] | dict[str, str]]:
        """What has drifted, as the ledger keeps it; empty where nothing has."""
        found: dict[str, list[str] | dict[str, str]] = {
            "new": self.new,
            "missing": self.missing,
            "retyped": self.retyped,
        }
        return {kind: value for kind, value in found.items() if value}

    def sentences(self) -> list[str]:
        """What has drifted, for the owner of the shop."""
        retyped = [f"{name} ({how})" for name, how in self.retyped.items()]
        told = (
            ("New columns, which are not read", self.new),
            ("Columns of the contract that are missing", self.missing),
            ("Columns of another type", retyped),
        )
        return [f"{what}: {', '.join(names)}." for what, names in told if names]

    def _refuse(self) -> None:
        policy = self.contract.drift
        found = {"new": self.new, "missing": self.missing, "retyped": list(self.retyped)}
        refused = {kind: names for kind, names in found.items() if names and getattr(policy, kind) == "refuse"}
        if not refused:
            return
        named = "; ".join(f"{kind}: {', '.join(names)}" for kind, names in refused.items())
        raise PermanentError(
            f"The columns of {self.file} are not those of its contract {self.contract.source!r}, which refuses such "
            f"files ({named}). Upload the file with the columns of before, or change the contract."
        )


def kind_of(texts: list[str]) -> str:
    """The narrowest type of the contract standard that reads every one of these texts; a string where none does."""
    array = parsing.text_array(texts)
    return next((kind for kind in KINDS if not parsing.PARSERS[kind](array, {}).bad.any()), "string")
