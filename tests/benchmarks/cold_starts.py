"""`make bench-images`: how large the images are, and how long each function takes from nothing to its first event.

Each function's container is started anew as Lambda would start it, one after the other, and handles a real event: an
upload, then the part that came of it. Measured is the time from `docker run` to the answer, so Docker's own part, some
tenths of a second, is in it. The containers have no right and no place to write but /tmp.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from functions.aws_events import as_notification
from functions.events import ObjectEvent
from functions.s3_store import S3
from functions.settings import Settings
from local.aws import runtime_api
from local.aws.function import Function
from local.credentials import ROLE_OF_FUNCTION
from local.home import ADDRESS, DATABASE, REPOSITORY
from local.storage import buckets
from tests.aws import Emulator, emulator
from tests.local.stacks import free_port
from tests.running_stack import RunningStack, started
from tests.warehouse.files import sale, sales

TARGETS = ("functions", "score", "platform")
BUCKETS = {"score": "eco-validated", "transform": "eco-scored", "load": "eco-curated"}
READ_ONLY = ("--network=host", "--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--security-opt=no-new-privileges:true")


def main() -> None:
    """Build the images, and print a table of each."""
    for target in TARGETS:
        build(target)
        size = int(run("docker", "image", "inspect", "--format={{.Size}}", image(target)))
        sys.stdout.write(f"{image(target)}\t{size / 1e6:,.0f} MB\n")
    with tempfile.TemporaryDirectory() as folder, started(Path(folder)) as stack, emulator() as aws:
        for function, seconds in cold_starts(stack, aws):
            sys.stdout.write(f"{function}\t{seconds:.2f} s\n")


def image(target: str) -> str:
    return f"eco-{target}"


def build(target: str) -> None:
    run(
        "docker",
        "build",
        "--quiet",
        "--file=infra/docker/Dockerfile",
        f"--target={target}",
        f"--tag={image(target)}",
        ".",
    )


def run(*command: str) -> str:
    return subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.PIPE, text=True).stdout


def cold_starts(stack: RunningStack, aws: Emulator) -> Iterator[tuple[str, float]]:
    """Each function, and the seconds from nothing to its first answer."""
    store = S3(aws.client("s3"))
    for bucket in buckets(Settings()):
        aws.make_bucket(bucket, is_versioned=True)
    store.create("eco-raw", "sales/day.csv", sales(sale("A1")).encode())
    (upload,) = store.list("eco-raw")
    for function in ROLE_OF_FUNCTION:
        told = upload if function == "validate" else next(iter(store.list(BUCKETS.get(function, "eco-raw"))))
        yield function, cold_start(function, told, stack, aws)


def cold_start(function: str, told: ObjectEvent, stack: RunningStack, aws: Emulator) -> float:
    """The seconds from `docker run` to the answer to its first event."""
    port = free_port()
    invoked = Function()
    server = runtime_api.server(function, invoked, ADDRESS, port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environment = {
        **stack.environment_of(ROLE_OF_FUNCTION[function]),
        "ECO_DB_NAME": DATABASE,
        "ECO_STORE": "s3",
        "AWS_ENDPOINT_URL": aws.url,
        "AWS_LAMBDA_RUNTIME_API": f"{ADDRESS}:{port}",
        "AWS_LAMBDA_FUNCTION_NAME": function,
    }
    began = time.monotonic()
    with container(image("score" if function in ("score", "maintain") else "functions"), environment, function):
        invoked.invoke(json.dumps(as_notification(told)).encode())
        seconds = time.monotonic() - began
    server.shutdown()
    return seconds


@contextlib.contextmanager
def container(name: str, environment: dict[str, str], *command: str) -> Iterator[None]:
    """A container that can do little, until the block ends. Its environment is passed by name: it holds a password."""
    names = [f"--env={variable}" for variable in environment]
    started = subprocess.run(
        ["docker", "run", "--detach", "--rm", *READ_ONLY, *names, name, *command],
        env={**os.environ, **environment},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield
    finally:
        run("docker", "kill", started.stdout.strip())


if __name__ == "__main__":
    main()
