"""Stacks for tests: ports that nothing else uses, and a command line that belongs to one of them."""

import json
import os
import random
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.home import PORTS, REPOSITORY, Home


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free_offset() -> int:
    """An offset at which every port of a stack is free, below those that the system gives to clients."""
    offsets = random.sample(range(100, 23000, 37), 600)
    return next(offset for offset in offsets if all(_is_free(port + offset) for port in PORTS.values()))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


@dataclass(frozen=True)
class Stack:
    """The command line of one stack."""

    home: Home

    def environment(self) -> dict[str, str]:
        return {**os.environ, **self.home.environment()}

    def run(self, *arguments: str, timeout: float = 150) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "local", *arguments],
            cwd=REPOSITORY,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "local", *arguments],
            cwd=REPOSITORY,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def record(self) -> dict[str, Any]:
        """What the supervisor wrote of its processes."""
        record: dict[str, Any] = json.loads((self.home.path / "stack.json").read_text(encoding="utf-8"))
        return record


def new_stack(folder: Path) -> Stack:
    return Stack(Home(folder / "home", free_offset()))
