"""Starts the processes of a stack, starts again what dies, and stops all of them."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import FrameType

import psutil

from local import stack, state
from local.errors import LocalError
from local.home import ADDRESS, Home
from local.processes import Process, is_listening, spawn

TICK_SECONDS = 0.1
START_SECONDS = 90.0
STOP_SECONDS = 10.0
LONGEST_BACKOFF_SECONDS = 10.0
STEADY_SECONDS = 30.0
LOG_TAIL_LINES = 25


@dataclass
class Child:
    """A process under supervision; `due` is when it may be started again (monotonic seconds)."""

    process: Process
    running: subprocess.Popen[bytes]
    since: float
    backoff: float = 0.5
    due: float | None = None


@dataclass
class Supervisor:
    """One stack in the foreground; single-threaded, since the kernel ties a child to the thread that started it."""

    home: Home
    children: dict[str, Child] = field(default_factory=dict)
    record: state.State = field(default_factory=lambda: state.State(state.started(os.getpid())))
    stopping: bool = False

    def run(self, announce: Callable[[], None]) -> None:
        """Hold the stack up until SIGINT or SIGTERM, and call `announce` once it is ready.

        Raises LocalError where the stack does not come up.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        self.home.make()
        with state.exclusive(self.home):
            try:
                self._start()
                announce()
                self._watch()
            except KeyboardInterrupt:
                return
            finally:
                self._end()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _start(self) -> None:
        state.end_leftovers(self.home)
        stack.prepare(self.home)
        first, then = stack.first(self.home), stack.then(self.home)
        refuse_busy_ports(self.home, [*first, *then])
        self._bring_up(first)
        stack.set_up(self.home)
        self._bring_up(then)
        self.record.ready = True
        self.record.save(self.home)

    def _bring_up(self, processes: list[Process]) -> None:
        for process in processes:
            _rotate(self.home, process)
            self._spawn(process)
        waiting, deadline = list(processes), time.monotonic() + START_SECONDS
        while waiting:
            self._pause()
            for process in waiting:
                self._refuse_failed(process, deadline)
            waiting = [process for process in waiting if not process.healthy()]

    def _refuse_failed(self, process: Process, deadline: float) -> None:
        status = self.children[process.name].running.poll()
        if status is not None:
            raise LocalError(f"{process.name} ended at its start with status {status}.\n{_tail(self.home, process)}")
        if time.monotonic() > deadline:
            raise LocalError(f"{process.name} is not ready after {START_SECONDS:.0f} s.\n{_tail(self.home, process)}")

    def _watch(self) -> None:
        while True:
            self._pause()
            for child in self.children.values():
                self._revive(child)

    def _revive(self, child: Child) -> None:
        """Start a process that ended again: soon at first, later and later while it keeps ending."""
        now = time.monotonic()
        if child.due is None and child.running.poll() is not None:
            self._end_remains(child)
            steady = now - child.since > STEADY_SECONDS
            child.backoff = 0.5 if steady else min(child.backoff * 2, LONGEST_BACKOFF_SECONDS)
            child.due = now + (0.0 if steady else child.backoff)
        elif child.due is not None and now >= child.due:
            self._spawn(child.process, child)

    def _end_remains(self, child: Child) -> None:
        """Workers that outlive their master would hold its port for as long as they are at something."""
        for member in self.record.processes[child.process.name].group():
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()

    def _spawn(self, process: Process, before: Child | None = None) -> None:
        restarts = self.record.processes[process.name].restarts + 1 if before else 0
        running = spawn(process, self.home)
        self.record.processes[process.name] = state.started(running.pid, process.stop_signal, restarts)
        self.record.save(self.home)
        backoff = before.backoff if before else 0.5
        self.children[process.name] = Child(process, running, time.monotonic(), backoff)

    def _pause(self) -> None:
        time.sleep(TICK_SECONDS)
        if self.stopping:
            raise KeyboardInterrupt

    def _end(self) -> None:
        """Stop everything: first what uses the database, then the database."""
        self.stopping = True
        _end_together(child.running for child in self.children.values() if not child.process.last)
        for child in reversed(self.children.values()):
            if child.process.last:
                _end_together([child.running], child.process.stop_signal)
        state.end_leftovers(self.home)


def _end_together(running: Iterable[subprocess.Popen[bytes]], stop_signal: signal.Signals = signal.SIGTERM) -> None:
    alive = [process for process in running if process.poll() is None]
    for process in alive:
        process.send_signal(stop_signal)
    deadline = time.monotonic() + STOP_SECONDS
    for process in alive:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def refuse_busy_ports(home: Home, processes: Iterable[Process]) -> None:
    """Raise LocalError naming every port that something else listens on already."""
    needed = {home.port(name): name for process in processes for name in process.ports}
    busy = [f"  {port}, needed for {name}" for port, name in needed.items() if not _is_free(port)]
    if busy:
        raise LocalError(
            f"These ports of {ADDRESS} are taken by something else:\n" + "\n".join(busy) + "\n"
            "Stop what listens there, or set ECO_PORT_OFFSET to a number that is added to every port, "
            "for example ECO_PORT_OFFSET=1000."
        )


def _is_free(port: int) -> bool:
    if is_listening(port):
        return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            return False
    return True


def _rotate(home: Home, process: Process) -> None:
    """Keep the log of the stack's last life beside the new one."""
    log = home.log(process.name)
    if log.exists():
        log.replace(log.with_suffix(".previous.log"))


def _tail(home: Home, process: Process) -> str:
    log = home.log(process.name)
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_TAIL_LINES:]
    return "\n".join([f"The end of its log {log}:", *lines])
