"""One function as the Lambda service has it: invocations wait for the processes that ask for them."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
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
    """Hands invocations to its processes, one at a time to each.

    A process is told from others by where it runs; one that asks anew from there has given up what it had.
    """

    def __init__(self) -> None:
        """Nothing has been invoked yet, and nobody asks."""
        self._waiting: deque[Invocation] = deque()
        self._working: dict[str, Invocation] = {}
        self._turns: Counter[str] = Counter()
        self._idle = self._claimed = 0
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

    @contextmanager
    def idle_process(self) -> Iterator[None]:
        """Wait for a process that has nothing to do, and keep it from other callers within the block."""
        with self._changed:
            self._changed.wait_for(lambda: self._idle > len(self._waiting) + self._claimed)
            self._claimed += 1
        try:
            yield
        finally:
            with self._changed:
                self._claimed -= 1
                self._changed.notify_all()

    def next(self, asker: str) -> Invocation | None:
        """Wait for the next invocation; None where another process has come to ask from the same place."""
        with self._changed:
            self._turns[asker] += 1
            mine = self._turns[asker]
            if asker in self._working:
                self._fail(asker, "the process of the function ended before it answered")
            self._idle += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._turns[asker] != mine or self._waiting)
            self._idle -= 1
            if self._turns[asker] != mine:
                return None
            self._working[asker] = self._waiting.popleft()
            return self._working[asker]

    def answered(self, invocation_id: str, answer: bytes) -> None:
        """The process has handled the event; an answer that comes too late counts for nothing."""
        with self._changed:
            asker = self._asker_of(invocation_id)
            if asker is not None:
                self._working.pop(asker).answer.set_result(answer)

    def failed(self, invocation_id: str, reason: str) -> None:
        """The function raised."""
        with self._changed:
            asker = self._asker_of(invocation_id)
            if asker is not None:
                self._fail(asker, reason)

    def _asker_of(self, invocation_id: str) -> str | None:
        return next((asker for asker, invocation in self._working.items() if invocation.id == invocation_id), None)

    def _fail(self, asker: str, reason: str) -> None:
        self._working.pop(asker).answer.set_exception(InvocationError(reason))
