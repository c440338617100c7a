"""The session's stack, as tests see it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy

from local import database
from local.credentials import credentials
from local.home import ADDRESS, DATABASE, Home
from tests.local.stacks import Stack, new_stack


@contextlib.contextmanager
def started(folder: Path) -> Iterator[RunningStack]:
    """A stack of its own in a folder, as `python -m local up` starts it."""
    command_line = new_stack(folder)
    up = command_line.run("up", "--detach")
    try:
        assert up.returncode == 0, up.stdout + up.stderr
        yield RunningStack(command_line)
    finally:
        command_line.run("down")


@dataclass(frozen=True)
class RunningStack:
    """A running stack: its command line, its addresses and its warehouse as the reader sees it."""

    command_line: Stack

    @property
    def home(self) -> Home:
        return self.command_line.home

    @property
    def dashboard_url(self) -> str:
        return self.home.url("dashboard")

    def environment_of(self, role: str) -> dict[str, str]:
        """The settings with which a process is that role."""
        return {
            "ECO_DB_HOST": ADDRESS,
            "ECO_DB_PORT": str(self.home.port("pgbouncer")),
            "ECO_DB_NAME": DATABASE,
            "ECO_DB_USER": role,
            "ECO_DB_PASSWORD": credentials(self.home)[role],
        }

    def upload(self, *paths: Path, prefix: str, timeout: float = 300) -> list[dict[str, Any]]:
        """Upload files and wait until their runs have ended; their results."""
        done = self.command_line.run(
            "upload", *map(str, paths), "--prefix", prefix, "--wait", "--json", timeout=timeout
        )
        results: list[dict[str, Any]] = json.loads(done.stdout)
        assert (done.returncode == 0) == all(result["status"] == "SUCCESS" for result in results), done.stderr
        return results

    def rows(self, sql: str, **parameters: Any) -> list[dict[str, Any]]:
        """What a query returns to the reader."""
        with database.warehouse(self.home).engine.begin() as connection:
            return [dict(row) for row in connection.execute(sqlalchemy.text(sql), parameters).mappings()]
