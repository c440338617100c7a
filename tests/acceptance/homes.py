"""The platform's homes, as the acceptance suite meets each: the same few things to do, whatever runs beneath."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

import sqlalchemy

from functions import verify
from functions.events import ObjectEvent
from functions.settings import Settings
from functions.store import ObjectStore
from functions.warehouse import Warehouse, connect
from local.home import REPOSITORY

# Small parts, so that a file is many; short waits, so that what has to come back comes back soon.
# Each tick trains a model, but none is scored with: when the first one is there depends on the home.
SETTINGS = {
    "ECO_PART_ROWS": "2000",
    "ECO_LEASE_SECONDS": "2",
    "ECO_REDELIVER_AFTER_MINUTES": "0",
    "ECO_TRAIN_AFTER_HOURS": "0",
    "ECO_MODEL_VERSION": "batch-2",
}
WAIT_SECONDS = 240


def command_of(
    environment: dict[str, str], program: tuple[str, ...] = ("-m", "functions", "review")
) -> Callable[..., str]:
    """The command `review` on this machine, in an environment."""

    def review(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *program, *arguments],
            cwd=REPOSITORY,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return review


@dataclass(frozen=True)
class Home:
    """A running platform, with what only it knows how to do.

    `deliver` delivers an event to a function once more, `kill` ends the process of a function as `kill -9` does, `tick`
    runs maintenance once, `review` is the command of that name, run as eco_reviewer; it returns what it wrote.
    """

    name: str
    store: ObjectStore
    settings: Settings
    deliver: Callable[[ObjectEvent, str], None]
    kill: Callable[[str], None]
    tick: Callable[[], object]
    dead_letters: Callable[[], int]
    review: Callable[..., str]

    def upload(self, name: str, content: str | bytes) -> ObjectEvent:
        """Put a file into the raw bucket, over what is there of that name."""
        data = content.encode() if isinstance(content, str) else content
        newest = self._newest(name)
        if newest is None:
            assert self.store.create(self.settings.bucket_raw, name, data)
        else:
            assert self.store.replace(newest, data)
        written = self._newest(name)
        assert written is not None
        return written

    def _newest(self, name: str) -> ObjectEvent | None:
        found = self.store.list(self.settings.bucket_raw, name)
        return next((event for event in found if event.name == name), None)

    def rows(self, sql: str, **parameters: Any) -> list[dict[str, Any]]:
        """What a query returns to the reader."""
        with self._warehouse.engine.begin() as connection:
            return [dict(row) for row in connection.execute(sqlalchemy.text(sql), parameters).mappings()]

    def run(self, run_id: UUID) -> dict[str, Any] | None:
        """The ledger's entry of an upload, if there is one by now."""
        found = self.rows("SELECT * FROM eco.pipeline_run WHERE run_id = :run_id", run_id=run_id)
        return found[0] if found else None

    def awaited(self, upload: ObjectEvent, seems_right: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The ledger's entry of an upload, once it is as it should be."""
        deadline = time.monotonic() + WAIT_SECONDS
        run = None
        while time.monotonic() < deadline:
            with suppress(sqlalchemy.exc.SQLAlchemyError):
                run = self.run(upload.run_id)
            if run and seems_right(run):
                return run
            time.sleep(0.05)
        raise AssertionError(f"{upload.name} is not where it should be in {self.name}: {json.dumps(run, default=str)}")

    def finished(self, *uploads: ObjectEvent) -> list[dict[str, Any]]:
        """The ledger's entries of uploads, once their runs have ended."""
        return [self.awaited(upload, lambda run: run["status"] != "RUNNING") for upload in uploads]

    def checksums(self) -> dict[str, tuple[int, str]]:
        """What the warehouse holds, apart from how the bucket counts."""
        return verify.checksums(self._warehouse, with_generations=False)

    def findings(self) -> list[str]:
        """What does not hold of all that must."""
        return [finding.check.name for finding in verify.verify(self._warehouse) if not finding.holds]

    def awaited_rows(self, sql: str, expected: list[dict[str, Any]]) -> None:
        """Wait until a query returns this."""
        deadline = time.monotonic() + WAIT_SECONDS
        while (found := self.rows(sql)) != expected:
            assert time.monotonic() < deadline, found
            time.sleep(0.05)

    @cached_property
    def _warehouse(self) -> Warehouse:
        return connect(self.settings)
