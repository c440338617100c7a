"""What a person decides about rejected and held rows: found by id or by filter, released, corrected, dismissed, undone.

Everything here is done as eco_reviewer, which can write a decision and nothing else. The `load` function then loads
what was released: see review.py.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from functions import contract as contracts
from functions import logged_rows
from functions.contract import folded
from functions.delivery import UnreachableError, tell_of_decisions
from functions.errors import PermanentError
from functions.logged_rows import Logged
from functions.runtime import Platform
from functions.warehouse import Warehouse

ROWS_AT_ONCE = 5_000

DONE = {"release": "released", "correct": "corrected and released", "dismiss": "dismissed", "undo": "open again"}
# Why a row in some other state stays as it is.
UNDO_FIRST = "undo that first"
AS_IT_WAS = {
    ("release", "released"): "released already",
    ("correct", "released"): f"released already: {UNDO_FIRST}",
    ("dismiss", "released"): f"released: {UNDO_FIRST}",
    ("dismiss", "dismissed"): "dismissed already",
    ("release", "dismissed"): f"dismissed: {UNDO_FIRST}",
    ("correct", "dismissed"): f"dismissed: {UNDO_FIRST}",
    ("undo", "open"): "open: there is nothing to undo",
    ("undo", "loaded"): "loaded already: what is in the warehouse is mended by a new delivery or a void",
}


class ReviewError(ValueError):
    """What was asked for cannot be decided like that; the message says why and what to do. Nothing was changed."""


@dataclass(frozen=True)
class Filter:
    """Which entries are meant; whatever is None does not matter. `run` is the id of a run or the name of its object."""

    quality_ids: list[int] | None = None
    source: str | None = None
    kind: str | None = None
    reason: str | None = None
    run: str | None = None
    state: str | None = None

    def in_state(self, state: str) -> Filter:
        """The same, of entries in that state alone."""
        return Filter(**{**asdict(self), "state": state})


@dataclass(frozen=True)
class Decided:
    """What became of how many entries, in words; `is_told` is whether `load` knows already, where it has to."""

    counts: Counter[str]
    is_told: bool

    @property
    def releases(self) -> int:
        """How many entries were released."""
        return _releases(self.counts)


@dataclass(frozen=True)
class Decision:
    """A decision, by whom and why; `correction` names columns and what they should have said."""

    kind: str
    decided_by: str
    note: str | None = None
    correction: Mapping[str, str | None] | None = None


def find(warehouse: Warehouse, wanted: Filter, most: int, after: int = 0) -> list[Any]:
    """Entries of the quality log that can be reviewed, in the order of their ids."""
    with warehouse.transaction() as transaction:
        return list(transaction.run("review/find", **asdict(wanted), most=most, after=after).all())


def history(warehouse: Warehouse, quality_id: int) -> list[Any]:
    """Every decision about an entry, the first one first."""
    with warehouse.transaction() as transaction:
        return list(transaction.run("review/history", quality_id=quality_id).all())


def decide(on: Platform, wanted: Filter, decision: Decision) -> Decided:
    """Decide about every entry that is meant, and tell `load` where something was released. Raises ReviewError.

    A decision is kept also where `load` does not answer: maintenance tells it later.
    """
    counts: Counter[str] = Counter()
    for batch in _batches(on.warehouse, wanted):
        correction = None if decision.correction is None else _of_columns(batch, decision.correction)
        counts += _decide(on.warehouse, [entry.quality_id for entry in batch], decision, correction)
    if missing := len(set(wanted.quality_ids or ())) - counts.total():
        counts["not there, or not for review"] += max(missing, 0)
    return Decided(+counts, _tell(on, counts))


def replay(on: Platform, wanted: Filter, decided_by: str) -> Decided:
    """Release the rejected rows that keep their contract as it is today. Raises ReviewError."""
    counts: Counter[str] = Counter()
    rejected = Filter(**{**asdict(wanted), "kind": "rejected", "state": "open"})
    for batch in _batches(on.warehouse, rejected):
        passing = {quality_id for quality_id, why in _problems(batch).items() if why is None}
        decision = Decision("release", decided_by, "replayed: the row keeps its contract now")
        counts += _decide(on.warehouse, sorted(passing), decision, None)
        counts["still rejected"] += len(batch) - len(passing)
    return Decided(+counts, _tell(on, counts))


def _batches(warehouse: Warehouse, wanted: Filter) -> Iterator[list[Any]]:
    after = 0
    while batch := find(warehouse, wanted, ROWS_AT_ONCE, after):
        after = batch[-1].quality_id
        yield batch


def _decide(
    warehouse: Warehouse, quality_ids: list[int], decision: Decision, correction: Mapping[str, str | None] | None
) -> Counter[str]:
    with warehouse.transaction() as transaction:
        rows = transaction.run(
            "review/decide",
            quality_ids=quality_ids,
            decision=decision.kind,
            decided_by=decision.decided_by,
            note=decision.note,
            correction=None if correction is None else json.dumps(correction),
        ).all()
    return Counter(_outcome(decision.kind, row.state_before, row.state_after) for row in rows)


def _outcome(decision: str, before: str, after: str) -> str:
    if before != after:
        return DONE[decision]
    return AS_IT_WAS.get((decision, before), f"{before} already")


def _of_columns(batch: list[Any], correction: Mapping[str, str | None]) -> dict[str, str | None]:
    """The correction by the platform's names; raises ReviewError where a row would still break its contract."""
    if len(batch) == ROWS_AT_ONCE:
        raise ReviewError(f"Correct fewer than {ROWS_AT_ONCE:,} rows at once.")
    names = _names(batch[0].object_name, correction)
    if any(_names(entry.object_name, correction) != names for entry in batch):
        raise ReviewError("These rows are of sources that name those columns differently: correct each source apart.")
    corrected = {names[given]: value for given, value in correction.items()}
    entries = [entry for entry in batch if entry.review_state == "open"]
    for quality_id, why in _problems(entries, corrected).items():
        if why is not None:
            raise ReviewError(f"Row {quality_id} would still break its contract: {why}. Nothing was corrected.")
    return corrected


def _names(object_name: str, correction: Mapping[str, str | None]) -> dict[str, str]:
    """The platform's name of each column that is corrected, which may be named as in the files too."""
    columns = contract_of(object_name).columns
    known = {folded(column.physical_name): column.name for column in columns} | {c.name: c.name for c in columns}
    unknown = [name for name in correction if folded(name) not in known]
    if unknown:
        raise ReviewError(
            f"{', '.join(map(repr, unknown))} is no column of {object_name}; its columns are: "
            f"{', '.join(column.name for column in columns)}."
        )
    return {name: known[folded(name)] for name in correction}


def _problems(entries: list[Any], correction: Mapping[str, str | None] | None = None) -> dict[int, str | None]:
    """For each entry why it breaks its contract, corrected where it is; None where it keeps it."""
    problems: dict[int, str | None] = {}
    for name, is_of in {(entry.object_name, entry.run_id) for entry in entries}:
        rows = [
            Logged(entry.quality_id, entry.source_row, entry.is_typed, {**entry.row, **(correction or {})})
            for entry in entries
            if entry.run_id == is_of
        ]
        refused = logged_rows.check(contract_of(name), rows).refused
        problems |= {row.quality_id: refused.get(row.quality_id) for row in rows}
    return problems


def contract_of(object_name: str) -> contracts.Contract:
    """The contract of an upload as it is today; raises ReviewError where there is none any more."""
    try:
        return contracts.for_object(object_name)
    except PermanentError as error:
        raise ReviewError(str(error)) from error


def _releases(counts: Counter[str]) -> int:
    return counts[DONE["release"]] + counts[DONE["correct"]]


def _tell(on: Platform, counts: Counter[str]) -> bool:
    """Tell `load` where something was released; False where it does not answer."""
    if not _releases(counts):
        return True
    failures: tuple[type[Exception], ...] = (UnreachableError, *on.store.failures)
    try:
        tell_of_decisions(on.settings)
    except failures:
        return False
    return True
