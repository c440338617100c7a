"""What the processes of a running stack used: processor seconds, and memory at its highest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.running_stack import RunningStack

FUNCTIONS = ("validate", "score", "transform", "load")
PROCESSES = (*FUNCTIONS, "postgres", "pgbouncer", "storage", "relay")
CLEAR_PEAK = "5"


@dataclass(frozen=True)
class Used:
    """Processor seconds of each process and its children since a moment, and each function's peak memory in MiB."""

    cpu_seconds: dict[str, float]
    peak_mib: dict[str, int]


class Watch:
    """Counts from its making on. Linux tells and resets the peak of a process in /proc."""

    def __init__(self, stack: RunningStack) -> None:
        processes = stack.command_line.record()["processes"]
        self._processes = {name: psutil.Process(processes[name]["pid"]) for name in PROCESSES if name in processes}
        self._before = self._seconds()
        for pid in self._pids():
            Path(f"/proc/{pid}/clear_refs").write_text(CLEAR_PEAK)

    def used(self) -> Used:
        now = self._seconds()
        return Used(
            {name: now[name] - self._before[name] for name in now},
            {name: max(map(peak_mib, self._family(name))) for name in FUNCTIONS},
        )

    def _seconds(self) -> dict[str, float]:
        return {name: sum(map(_cpu_seconds, self._family(name))) for name in self._processes}

    def _family(self, name: str) -> list[psutil.Process]:
        parent = self._processes[name]
        return [parent, *parent.children(recursive=True)]

    def _pids(self) -> list[int]:
        return [process.pid for name in FUNCTIONS for process in self._family(name)]


def _cpu_seconds(process: psutil.Process) -> float:
    """Of the process and of its children that have ended."""
    times = process.cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)


def peak_mib(process: psutil.Process) -> int:
    """Its own: what `resource` tells is at least the memory of the process that started it."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")), 0)
