"""S3 and SQS on this machine: moto's server, a process of its own, over real HTTP."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import urllib3
from localstack_client.session import Session

from tests.local.stacks import free_port

START_SECONDS = 60


@dataclass(frozen=True)
class Emulator:
    """A running emulator of AWS."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, service: str) -> Any:
        return Session(localstack_host=f"127.0.0.1:{self.port}").client(service)

    def make_bucket(self, name: str, is_versioned: bool) -> None:
        s3 = self.client("s3")
        s3.create_bucket(Bucket=name)
        if is_versioned:
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})


@contextlib.contextmanager
def emulator() -> Iterator[Emulator]:
    """Start moto, and stop it at the end."""
    made = Emulator(free_port())
    command = [sys.executable, "-m", "moto.server", "--port", str(made.port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ)
    try:
        _wait(made, process)
        yield made
    finally:
        process.terminate()
        process.wait()


def _wait(started: Emulator, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(urllib3.exceptions.HTTPError):
            urllib3.request("GET", f"{started.url}/moto-api/", retries=False)
            return
        time.sleep(0.1)
    raise AssertionError("moto did not start")
