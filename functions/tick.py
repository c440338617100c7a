"""One run of maintenance: what it did to each of its targets, each failure apart."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime

from functions.runtime import Platform
from functions.store import ObjectDamagedError, ObjectExistsError, ObjectGoneError
from functions.warehouse import CopyRefusedError

logger = logging.getLogger(__name__)


def failures() -> tuple[type[Exception], ...]:
    """What may go wrong with one target and leave the others alone; imported where something did."""
    import pg8000
    import pyarrow as pa
    from sqlalchemy.exc import SQLAlchemyError

    from functions.archive import ArchiveMismatchError
    from functions.model import ModelError

    return (
        SQLAlchemyError,
        pg8000.Error,
        CopyRefusedError,
        ObjectGoneError,
        ObjectExistsError,
        ObjectDamagedError,
        pa.ArrowException,
        OSError,
        ArchiveMismatchError,
        ModelError,
    )


@dataclass(frozen=True)
class Result:
    """What a task did to one thing; a row of eco.maintenance_log."""

    task: str
    target: str
    outcome: str
    detail: str = ""


@dataclass
class Tick:
    """One run of maintenance: what it works on, and what it has done.

    A dry one only tells what it would do: nothing is recorded in the database, and tasks look at `is_dry` before they
    change anything.
    """

    on: Platform
    now: datetime
    is_dry: bool
    results: list[Result] = field(default_factory=list)

    def tell(self, task: str, target: str, outcome: str, detail: str = "") -> None:
        """Record what was done to a target, or in a dry tick would be."""
        self._record(Result(task, target, f"would be {outcome}" if self.is_dry else outcome, detail))

    @contextmanager
    def attempt(self, task: str, target: str = "-", beyond: type[Exception] | tuple[()] = ()) -> Iterator[None]:
        """Record it as a failure of this target where the block fails; what is `beyond` the target is raised."""
        try:
            yield
        except beyond:
            raise
        except (*failures(), *self.on.store.failures) as error:
            self.fail(task, target, _reason(error))

    def fail(self, task: str, target: str, reason: str) -> None:
        """Record that a target is not as it has to be."""
        about = {"stage": "maintain", "task": task, "target": target, "reason": reason}
        logger.error("maintenance failed", extra=about)
        self._record(Result(task, target, "failed", reason))

    def _record(self, result: Result) -> None:
        self.results.append(result)
        if not self.is_dry:
            with self.on.warehouse.transaction() as transaction:
                transaction.run("maintain/log", **asdict(result))


def _reason(error: Exception) -> str:
    """What went wrong; of what PostgreSQL says, not the part that may quote rows."""
    said = (getattr(error, "orig", None) or error).args
    if said and isinstance(said[0], dict):
        return f"{said[0].get('M')} (SQLSTATE {said[0].get('C')})"
    return str(error)[:500]
