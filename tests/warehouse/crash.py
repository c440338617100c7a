"""Kills a function between any two of its statements, as the end of its process would."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import sqlalchemy


class ProcessKilled(BaseException):
    """Nothing of the function runs after this."""


@contextlib.contextmanager
def killed_at(engine: sqlalchemy.Engine, step: int) -> Iterator[None]:
    """Raise ProcessKilled in place of the step-th statement or COMMIT, or else right before the acknowledgement.

    The connection is gone, as that of a killed process is; what was not committed, PostgreSQL rolls back.
    """
    steps = iter(range(1, step))

    def pass_or_die(connection: sqlalchemy.Connection, *_: Any) -> None:
        if next(steps, None) is None:
            connection.invalidate()
            raise ProcessKilled

    with contextlib.ExitStack() as listening:
        for moment in ("before_cursor_execute", "commit"):
            sqlalchemy.event.listen(engine, moment, pass_or_die)
            listening.callback(sqlalchemy.event.remove, engine, moment, pass_or_die)
        yield
    raise ProcessKilled
