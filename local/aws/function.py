"""One function as the Lambda service has it: invocations wait for the one process that asks for them."""

from __future__ import annotations

import threading
import time
import uuid
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field

TIMEOUT_SECONDS = 900.0


class InvocationError(RuntimeError):
    """The function raised, ended or took too long; what it was told has to be told again."""


@dataclass(frozen=True)
class Invocation:
    """One event on its way through the function."""

    event: bytes
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    deadline: float = field(default_factory=lambda: time.time() + TIMEOUT_SECONDS)
    answer: Future[bytes] = field(default_factory=Future)


class Function:
    """Hands invocations to its process, one at a time; a process that asks anew has given up what it had."""

    def __init__(self) -> None:
        """Nothing has been invoked yet, and nobody asks."""
        self._waiting: deque[Invocation] = deque()
        self._current: Invocation | None = None
        self._asker = 0
        self._changed = threading.Condition()

    def invoke(self, event: bytes) -> bytes:
        """Have an event handled, and return the answer; raises InvocationError."""
        invocation = Invocation(event)
        with self._changed:
            self._waiting.append(invocation)
            self._changed.notify_all()
        try:
            return invocation.answer.result(TIMEOUT_SECONDS)
        except TimeoutError as error:
            raise InvocationError("the function did not answer in time") from error

    def next(self) -> Invocation | None:
        """Wait for the next invocation; None where another process has come to ask for it."""
        with self._changed:
            self._asker += 1
            mine = self._asker
            self._fail("the process of the function ended before it answered")
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._asker != mine or self._waiting)
            if self._asker != mine:
                return None
            self._current = self._waiting.popleft()
            return self._current

    def answered(self, invocation_id: str, answer: bytes) -> None:
        """The process has handled the event; an answer that comes too late counts for nothing."""
        with self._changed:
            if self._current and self._current.id == invocation_id:
                self._current.answer.set_result(answer)
                self._current = None

    def failed(self, invocation_id: str, reason: str) -> None:
        """The function raised."""
        with self._changed:
            if self._current and self._current.id == invocation_id:
                self._fail(reason)

    def _fail(self, reason: str) -> None:
        if self._current:
            self._current.answer.set_exception(InvocationError(reason))
            self._current = None
