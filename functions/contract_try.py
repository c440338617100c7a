"""What a contract would make of a file: read, rejected, held, with the first reasons. Nothing is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from functions import checking, parts, score
from functions.contract import Contract
from functions.drift import Drift
from functions.errors import PermanentError
from functions.readers import detect

MOST_KINDS = 200
QUOTED = re.compile(r"'(?:[^'\\]|\\.)*' |\"(?:[^\"\\]|\\.)*\" |\d[\d,.]*")


@dataclass
class Reasons:
    """Why rows are rejected or held: for each kind of reason how many rows, and the first of them."""

    rows: int = 0
    kinds: dict[str, tuple[int, int, str]] = field(default_factory=dict)

    def add(self, numbers: Iterable[int], reasons: Iterable[str]) -> None:
        """Count rows in, each with its number and reason."""
        for number, reason in zip(numbers, reasons, strict=True):
            self.rows += 1
            kind = QUOTED.sub("", reason)
            count, first, example = self.kinds.get(kind, (0, number, reason))
            if count or len(self.kinds) < MOST_KINDS:
                self.kinds[kind] = count + 1, first, example


@dataclass
class Trial:
    """What became of a file; `refused` is why it, or the rest of it, cannot be read."""

    rows_read: int = 0
    rejected: Reasons = field(default_factory=Reasons)
    held: Reasons = field(default_factory=Reasons)
    drift: list[str] = field(default_factory=list)
    refused: str | None = None

    @property
    def is_read_whole(self) -> bool:
        """Whether every row is read and keeps the contract."""
        return self.refused is None and not self.rejected.rows


def tried(contract: Contract, path: Path, max_bytes: int, part_rows: int) -> Trial:
    """Hold a file against a contract as `validate` and, before there is a model, `score` would."""
    trial, drift = Trial(), Drift(contract, path.name)
    try:
        with path.open("rb") as stream:
            valid = _valid(drift, detect.open_file(path.name, stream, max_bytes), trial)
            for part, _ in parts.cut(valid, part_rows, "order_id" if contract.replaces_orders else None):
                if contract.entity == "sales":
                    _hold(part, trial)
    except PermanentError as error:
        trial.refused = str(error)
    trial.drift = drift.sentences()
    return trial


def _valid(drift: Drift, opened: detect.Opened, trial: Trial) -> Iterator[pa.Table]:
    for checked in checking.checked(opened, drift):
        trial.rows_read += checked.valid.num_rows + checked.rejected.num_rows
        trial.rejected.add(checked.rejected["source_row"].to_pylist(), checked.rejected["reason"].to_pylist())
        yield checked.valid


def _hold(part: pa.Table, trial: Trial) -> None:
    scored = score.scored(part, None)
    held = scored.filter(scored["anomaly_reason"].is_valid())
    trial.held.add(held["source_row"].to_pylist(), held["anomaly_reason"].to_pylist())
