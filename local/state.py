"""What is running, on disk: one supervisor per data folder, and the processes that it started."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field

import psutil

from local.errors import LocalError
from local.home import Home
from local.processes import group_members

SAME_START_SECONDS = 2.0


class AlreadyRunningError(LocalError):
    """Another supervisor holds the data folder."""


@dataclass
class Started:
    """A process that was started: its id, when (Unix time), how it is stopped, how often it was started again."""

    pid: int
    created: float
    stop_signal: int = signal.SIGTERM
    restarts: int = 0

    def is_alive(self) -> bool:
        """Whether this very process still runs, and not another one that got its id."""
        try:
            process = psutil.Process(self.pid)
            return process.status() != psutil.STATUS_ZOMBIE and self._is(process)
        except psutil.NoSuchProcess:
            return False

    def group(self) -> list[psutil.Process]:
        """The living processes of the group that this process leads or led."""
        members = group_members(self.pid)
        reused = any(member.pid == self.pid and not self._is(member) for member in members)
        return [] if reused else members

    def _is(self, process: psutil.Process) -> bool:
        return abs(process.create_time() - self.created) < SAME_START_SECONDS


@dataclass
class State:
    """The supervisor, its processes, and whether all of them have been found healthy."""

    supervisor: Started
    ready: bool = False
    processes: dict[str, Started] = field(default_factory=dict)

    def save(self, home: Home) -> None:
        """Write it to the data folder, whole or not at all."""
        new = home.path / "stack.json.new"
        new.write_text(json.dumps(asdict(self), indent=2), encoding="utf-8")
        new.replace(home.path / "stack.json")


def started(pid: int, stop_signal: int = signal.SIGTERM, restarts: int = 0) -> Started:
    """The record of a process that has just been started; it may have ended already."""
    try:
        return Started(pid, psutil.Process(pid).create_time(), stop_signal, restarts)
    except psutil.NoSuchProcess:
        return Started(pid, time.time(), stop_signal, restarts)


def load(home: Home) -> State | None:
    """What the last supervisor wrote; None where there was none, or where it ended in good order."""
    try:
        raw = json.loads((home.path / "stack.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    processes = {name: Started(**process) for name, process in raw["processes"].items()}
    return State(Started(**raw["supervisor"]), raw["ready"], processes)


def running(home: Home) -> State | None:
    """The state of the stack whose supervisor is alive; None where there is no such stack."""
    state = load(home)
    return state if state and state.supervisor.is_alive() else None


@contextmanager
def exclusive(home: Home) -> Iterator[None]:
    """Hold the data folder alone; raises AlreadyRunningError. The lock ends with the process, however that ends."""
    descriptor = os.open(home.path / "supervisor.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise AlreadyRunningError(
            f"The stack in {home.path} is running already; `python -m local down` stops it."
        ) from error
    try:
        yield
    finally:
        os.close(descriptor)


def end_leftovers(home: Home, patience: float = 10.0) -> int:
    """End what a killed supervisor left behind, by force after `patience` seconds; how many processes that were.

    The caller holds the data folder.
    """
    state = load(home)
    left = [
        (member, group.stop_signal) for group in (state.processes.values() if state else ()) for member in group.group()
    ]
    for member, stop_signal in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.send_signal(stop_signal)
    _, stubborn = psutil.wait_procs([member for member, _ in left], timeout=patience)
    for member in stubborn:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()
    psutil.wait_procs(stubborn, timeout=patience)
    (home.path / "stack.json").unlink(missing_ok=True)
    return len(left)
