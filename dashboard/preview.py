"""What would become of a file, before it is sent: which contract it matches, and what would be read, rejected and held.

It is read by what `validate` reads it by, and judged by what `score` judges it by; nothing is kept.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import PurePath

import pyarrow as pa

from functions import checking, load, readers
from functions import contract as contracts
from functions.contract import Contract, folded
from functions.drift import Drift
from functions.errors import PermanentError
from functions.model import Model
from functions.readers import detect
from functions.rules import REJECTED
from functions.score import scored

MOST_ROWS = 100_000
SHOWN_ROWS = 200


@dataclass(frozen=True)
class Match:
    """A contract that reads a file, and how many of the file's columns it knows."""

    contract: Contract
    known: int


@dataclass(frozen=True)
class Preview:
    """What the rows of a file would lead to, as far as they were read; `broken` is why it cannot be read to its end."""

    rows_read: int
    passing: pa.Table
    rejected: pa.Table
    held: pa.Table
    drift: list[str]
    is_whole: bool
    broken: str | None = None

    @property
    def rows_passing(self) -> int:
        """Rows that would go on to the warehouse."""
        return self.rows_read - int(self.rejected.num_rows) - int(self.held.num_rows)


def matches(name: str, data: bytes, max_bytes: int) -> list[Match]:
    """The contracts that read the beginning of the file, the best one first.

    That is the one that knows most of its columns; where two do, not the one of snapshots, which retire what they do
    not mention. Raises PermanentError where none does.
    """
    found, why = [], {}
    for contract in contracts.contracts():
        try:
            names = _names(name, data, contract, max_bytes)
        except PermanentError as error:
            why[contract.source] = str(error)
        else:
            known = {folded(column.physical_name) for column in contract.columns}
            found.append(Match(contract, len(known & names)))
    if not found:
        raise PermanentError(_why_none(name, why))
    return sorted(found, key=lambda match: (-match.known, match.contract.is_snapshot, match.contract.source))


def _names(name: str, data: bytes, contract: Contract, max_bytes: int) -> set[str]:
    """The columns of the file, read by a contract; raises PermanentError where it cannot be, or lacks some."""
    opened = detect.open_file(name, io.BytesIO(data), max_bytes)
    first = next(iter(readers.read(opened, contract, name)), None)
    if first is None:
        raise PermanentError(f"{name} has no rows.")
    contract.check_columns(first.table.column_names, name)
    return {folded(column) for column in first.table.column_names}


def _why_none(name: str, why: dict[str, str]) -> str:
    """The one reason, where all contracts have the same; else what each misses."""
    reasons = set(why.values())
    if len(reasons) == 1:
        return reasons.pop()
    told = "\n".join(f"- {source}: {reason}" for source, reason in why.items())
    return f"No contract reads {name}:\n{told}"


def object_name(contract: Contract, file: str) -> str:
    """The name under which a file is read by a contract: the contract's folder, and the file's own name."""
    return contract.pattern.replace("*", PurePath(file.replace("\\", "/")).name)


def of_file(name: str, data: bytes, model: Model | None, max_bytes: int) -> Preview:
    """Read a file as the object `name`, and judge its sales; raises PermanentError where not one row can be read."""
    contract = contracts.for_object(name)
    drift = Drift(contract, name)
    passing, rejected, rows_read, is_whole, broken = [], [REJECTED.empty_table()], 0, True, None
    try:
        for checked in checking.checked(detect.open_file(name, io.BytesIO(data), max_bytes), drift):
            passing.append(checked.valid)
            rejected.append(checked.rejected)
            rows_read += checked.valid.num_rows + checked.rejected.num_rows
            if rows_read >= MOST_ROWS:
                is_whole = False
                break
    except PermanentError as error:
        if not rows_read:
            raise
        broken = str(error)
    valid = pa.concat_tables(passing) if passing else pa.table({})
    flowing, held = _judged(contract, valid, model)
    return Preview(rows_read, flowing, pa.concat_tables(rejected), held, drift.sentences(), is_whole, broken)


def _judged(contract: Contract, valid: pa.Table, model: Model | None) -> tuple[pa.Table, pa.Table]:
    """The rows that would go on, and those that would be held, with anomaly_reason."""
    if contract.entity != "sales" or not valid.num_rows:
        return valid, valid.slice(0, 0)
    flowing, held, _ = load.split(scored(valid, model), contract.flags_anomalies)
    return flowing, held
