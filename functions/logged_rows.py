"""Rows of the quality log held against their contract again: pure functions, no I/O.

A rejected row is logged as text, by the platform's names, as its file has it. One that had passed its contract (held,
or of an archived month) is logged in plain notation, whatever that of its files is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from functions import rules
from functions.contract import Column, Contract, folded
from functions.readers.rows import TextRows

LIMITS = ("minimum", "maximum", "maxLength", "pattern")
UNSPLIT = "the row could not be split into columns: correct it, and name every column that it needs"


@dataclass(frozen=True)
class Logged:
    """A row of the quality log, as a person last corrected it."""

    quality_id: int
    source_row: int
    is_typed: bool
    row: Mapping[str, Any]


@dataclass(frozen=True)
class Rechecked:
    """Rows that keep their contract, as columns and source_row, and why the others do not, by their ids."""

    valid: pa.Table
    refused: dict[int, str]


def check(contract: Contract, entries: Sequence[Logged]) -> Rechecked:
    """Hold rows of one run against their contract, whose notation the typed ones no longer have."""
    unsplit = {entry.quality_id: UNSPLIT for entry in entries if set(entry.row) <= {"text"}}
    tables, refused = [], dict(unsplit)
    for is_typed, read_by in ((False, contract), (True, plain(contract))):
        chosen = [entry for entry in entries if entry.is_typed == is_typed and entry.quality_id not in unsplit]
        # Also where there are none, for the columns.
        checked = rules.check(read_by, _texts(read_by, chosen))
        ids = {entry.source_row: entry.quality_id for entry in chosen}
        refused |= {ids[row["source_row"]]: row["reason"] for row in checked.rejected.to_pylist()}
        tables.append(checked.valid)
    return Rechecked(pa.concat_tables(tables), refused)


def plain(contract: Contract) -> Contract:
    """The contract for rows in plain notation: its limits alone; nothing is taken out of a value, times are in UTC."""
    columns = tuple(
        replace(
            column,
            remove=None,
            default=None,
            options={name: value for name, value in column.options.items() if name in LIMITS},
        )
        for column in contract.columns
    )
    return replace(contract, columns=columns)


def _texts(contract: Contract, entries: Sequence[Logged]) -> TextRows:
    """The rows by the names of the files, as a reader would give them."""
    columns = {
        column.physical_name: pa.array([_text(column, entry.row) for entry in entries], pa.string())
        for column in contract.columns
    }
    return TextRows(pa.table(columns), pa.array([entry.source_row for entry in entries], pa.int64()))


def _text(column: Column, row: Mapping[str, Any]) -> str | None:
    """What a row says in a column; under the name that a mended contract found in the file, if under no other."""
    value = row.get(column.name)
    if value is None:
        named = (name for name in row if folded(name) == folded(column.physical_name))
        value = row.get(next(named, ""))
    if value is None and column.name not in row:
        value = column.default
    return None if value is None else str(value)
