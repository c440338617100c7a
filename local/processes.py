"""One process of the stack: how it is started, found healthy, recognized again and stopped."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import psutil
import urllib3

from local.home import ADDRESS, REPOSITORY, Home

PR_SET_PDEATHSIG = 1
HTTP = urllib3.PoolManager(retries=False, timeout=2.0)
_prctl: Callable[[int, int], int] | None = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def always() -> bool:
    """The health check of a process that has none: it is well as long as it runs."""
    return True


@dataclass(frozen=True)
class Process:
    """What the supervisor keeps running.

    `healthy` tells whether it can be used by now, `ports` are the names of the ports it listens on, `user` is the
    system user it runs as (None: the present one), `last` marks what others need until they have ended.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    healthy: Callable[[], bool] = always
    ports: tuple[str, ...] = ()
    stop_signal: signal.Signals = signal.SIGTERM
    user: str | None = None
    last: bool = False


def spawn(process: Process, home: Home) -> subprocess.Popen[bytes]:
    """Start a process in a group of its own, so that Ctrl-C reaches the supervisor alone; it appends to its log."""
    with home.log(process.name).open("ab") as log:
        return subprocess.Popen(
            process.command,
            cwd=REPOSITORY if process.user is None else home.path,
            env={**os.environ, **process.environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            user=process.user,
            group=process.user,
            extra_groups=None if process.user is None else [],
            preexec_fn=lambda: _end_with_parent(process.stop_signal),
        )


def _end_with_parent(stop_signal: signal.Signals) -> None:
    """On Linux the kernel stops the process when the supervisor dies, even by kill -9."""
    if _prctl is not None:
        _prctl(PR_SET_PDEATHSIG, stop_signal)


def group_members(leader: int) -> list[psutil.Process]:
    """The living processes of the group with this leader, which itself may have ended."""
    return [process for process in psutil.process_iter() if _group(process) == leader]


def _group(process: psutil.Process) -> int | None:
    try:
        return None if process.status() == psutil.STATUS_ZOMBIE else os.getpgid(process.pid)
    except (psutil.NoSuchProcess, ProcessLookupError, PermissionError):
        return None


def is_listening(port: int) -> bool:
    """Whether something on this machine accepts connections on a port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((ADDRESS, port)) == 0


def answers(url: str) -> bool:
    """Whether an HTTP GET is answered, with whatever status below 500."""
    try:
        return HTTP.request("GET", url).status < 500
    except urllib3.exceptions.HTTPError:
        return False
