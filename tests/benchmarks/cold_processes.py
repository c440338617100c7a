"""`make bench-cold`: how long each function takes from nothing to its first event, and what of that it imports.

Each is started anew as the local stack starts it, and handles a real event with real storage and a real database.
Measured is the time from the start of the process to the answer. The shares are of one more start, in which Python
tells how long each import took by itself: those of a package, its modules together.
"""

from __future__ import annotations

import compileall
import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from statistics import median
from typing import Annotated

import typer

from functions import delivery
from functions.events import ObjectEvent
from functions.settings import Settings, variable
from local.credentials import ROLE_OF_FUNCTION
from local.home import ADDRESS, REPOSITORY, Home
from local.stack import function_environment
from tests.local.stacks import free_port
from tests.pipeline import Pipeline
from tests.running_stack import started
from tests.warehouse.files import sale, sales

STAGES = ("validate", "score", "transform", "load")
MOST_SECONDS = {"score": 1.6}
MOST_SECONDS_ELSEWHERE = 0.9
PACKAGES_TOLD = 6
IMPORT = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+([\w.]+)")


def main(rounds: Annotated[int, typer.Option(min=1, help="How often each is started.")] = 5) -> None:
    """Print the medians and the shares; exit code 1 where one takes longer than it may on a quiet machine."""
    took: dict[str, list[float]] = {function: [] for function in ROLE_OF_FUNCTION}
    shares: dict[str, str] = {}
    compileall.compile_dir(REPOSITORY / "functions", quiet=1)  # as in the image, whether or not Python may here
    with (
        tempfile.TemporaryDirectory() as folder,
        started(Path(folder)) as stack,
        Pipeline.made(stack.home, f"bench_{uuid.uuid4().hex[:12]}") as pipeline,
    ):
        for number in range(rounds + 1):
            upload = pipeline.upload(f"sales/{number}.csv", sales(sale(f"A{number}")))
            for function in ROLE_OF_FUNCTION:
                event = pipeline.parts(function, upload)[0] if function in STAGES else upload
                if number < rounds:
                    took[function].append(cold_start(stack.home, pipeline, function, event))
                else:
                    shares[function] = imported(stack.home, pipeline, function, event)
    for function, seconds in took.items():
        typer.echo(f"{function}\t{median(seconds):.2f} s\t{shares[function]}")
    limits = {function: MOST_SECONDS.get(function, MOST_SECONDS_ELSEWHERE) for function in took}
    raise typer.Exit(any(median(seconds) > limits[function] for function, seconds in took.items()))


def cold_start(home: Home, pipeline: Pipeline, function: str, event: ObjectEvent) -> float:
    """The seconds from the start of the process to the answer to its first event."""
    began = time.monotonic()
    with serving(home, pipeline, function, subprocess.DEVNULL) as settings:
        return handled(event, function, settings) - began


def imported(home: Home, pipeline: Pipeline, function: str, event: ObjectEvent) -> str:
    """What the imports up to the first answer took, and the packages that took most of it."""
    with tempfile.TemporaryFile("w+") as told:
        with serving(home, pipeline, function, told.fileno(), PYTHONPROFILEIMPORTTIME="1") as settings:
            handled(event, function, settings)
        told.seek(0)
        took = Counter[str]()
        for microseconds, module in IMPORT.findall(told.read()):
            took[module.split(".")[0]] += int(microseconds)
    whole = took.total()
    named = ", ".join(f"{name} {100 * part / whole:.0f} %" for name, part in took.most_common(PACKAGES_TOLD))
    return f"imports {whole / 1e6:.2f} s: {named}"


@contextlib.contextmanager
def serving(home: Home, pipeline: Pipeline, function: str, errors: int, **more: str) -> Iterator[Settings]:
    """A process that serves the function, until the block ends; and the settings with which it is reached."""
    port = free_port()
    settings = pipeline.settings(ROLE_OF_FUNCTION[function])
    own = {variable(name): str(value) for name, value in asdict(settings).items()}
    source = ("--source", "functions/main.py", "--target", function, "--signature-type", "cloudevent")
    process = subprocess.Popen(
        [sys.executable, "-m", "functions_framework", *source, "--host", ADDRESS, "--port", str(port)],
        cwd=REPOSITORY,
        env={**os.environ, **function_environment(home, function), **own, **more},
        stdout=subprocess.DEVNULL,
        stderr=errors,
    )
    try:
        yield replace(settings, delivery_url=f"http://{ADDRESS}:{port}/{{function}}")
    finally:
        process.terminate()
        process.wait()


def handled(event: ObjectEvent, function: str, settings: Settings) -> float:
    """When the function has handled the event, which it is sent until it is there to answer."""
    while True:
        with contextlib.suppress(delivery.UnreachableError):
            delivery.deliver(event, function, settings)
            return time.monotonic()
        time.sleep(0.005)


if __name__ == "__main__":
    typer.run(main)
