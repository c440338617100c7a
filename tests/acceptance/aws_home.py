"""The home on one machine with AWS's: S3 and SQS are moto's, each function is served by AWS's own runtime client.

Only the Lambda service is ours: `local.aws` hands batches of the queues to the Runtime API, and the processes here are
started again when they end, as the service does.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import urllib3

from functions.delivery import deliver
from functions.s3_store import S3
from functions.settings import Settings
from local.aws.__main__ import PORTS
from local.aws.queues import DEAD
from local.aws.runtime_api import INVOCATIONS
from local.credentials import ROLE_OF_FUNCTION, credentials
from local.home import ADDRESS, REPOSITORY, STAGES
from tests.acceptance.homes import SETTINGS, Home, command_of
from tests.aws import Emulator
from tests.local.stacks import free_port
from tests.pipeline import superuser, template
from tests.running_stack import RunningStack

DATABASE = "eco_on_aws"
INVISIBLE_SECONDS = 5
TICK_SECONDS = 300.0
# As `aws lambda invoke` does.
REVIEW = """
import sys
from functions.aws_main import review
answer = review({"arguments": sys.argv[1:]})
sys.stdout.write(answer["said"])
sys.exit(answer["exit_code"])
"""


@dataclass
class Processes:
    """Processes that are started again when they end, until the whole is stopped."""

    folder: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    is_stopped: bool = False

    def start(self, name: str, environment: dict[str, str], *command: str) -> None:
        def keep() -> None:
            while not self.is_stopped:
                with (self.folder / f"{name}.log").open("ab") as log:
                    self.running[name] = subprocess.Popen(
                        [sys.executable, "-m", *command],
                        cwd=REPOSITORY,
                        env={**os.environ, **SETTINGS, **environment},
                        stdout=log,
                        stderr=log,
                    )
                self.running[name].wait()

        threading.Thread(target=keep, daemon=True).start()

    def stop(self) -> None:
        self.is_stopped = True
        for process in self.running.values():
            process.kill()
            process.wait()


@contextlib.contextmanager
def home(stack: RunningStack, aws: Emulator, folder: Path, receives: int = 20) -> Iterator[Home]:
    """Start it beside a stack, whose PostgreSQL and PgBouncer it shares, with a database of its own."""
    with contextlib.closing(superuser(stack.home)) as connection:
        connection.run(f"CREATE DATABASE {DATABASE} TEMPLATE {template(stack.home, connection)}")
    offset = free_port() - max(PORTS.values())
    processes = Processes(folder)
    environment_here = pytest.MonkeyPatch()
    environment_here.setenv("AWS_ENDPOINT_URL", aws.url)  # deliveries of the test's own
    try:
        processes.start("lambda", _service(aws, offset, receives), "local.aws")
        for function in ROLE_OF_FUNCTION:
            _wait_for(offset, function)
            environment = _environment(stack, aws, ROLE_OF_FUNCTION[function])
            runtime = {"AWS_LAMBDA_RUNTIME_API": f"{ADDRESS}:{PORTS[function] + offset}"}
            processes.start(function, environment | runtime, "awslambdaric", f"functions.aws_main.{function}")
        yield _home(stack, aws, processes, offset)
    finally:
        processes.stop()
        environment_here.undo()
        with contextlib.closing(superuser(stack.home)) as connection:
            connection.run(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def _home(stack: RunningStack, aws: Emulator, processes: Processes, offset: int) -> Home:
    def tick() -> None:
        url = f"http://{ADDRESS}:{PORTS['maintain'] + offset}{INVOCATIONS}"
        answer = urllib3.request("POST", url, body=b"{}", retries=False, timeout=TICK_SECONDS)
        assert answer.status == 200, answer.data

    settings = Settings.from_environment(_environment(stack, aws, "eco_reader"))
    return Home(
        "embedded aws",
        S3(aws.client("s3")),
        settings,
        lambda event, function: deliver(event, function, settings),
        lambda function: processes.running[function].kill(),
        tick,
        lambda: dead_letters_of(aws),
        command_of(_environment(stack, aws, "eco_reviewer"), ("-c", REVIEW)),
    )


def dead_letters_of(aws: Emulator) -> int:
    """How many messages the queues gave up."""
    return sum(_messages(aws.client("sqs"), DEAD.format(f"eco-{stage}")) for stage in STAGES)


def _messages(sqs: Any, queue: str) -> int:
    url, counted = sqs.get_queue_url(QueueName=queue)["QueueUrl"], "ApproximateNumberOfMessages"
    return int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[counted])["Attributes"][counted])


def _service(aws: Emulator, offset: int, receives: int) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": aws.url,
        "ECO_PORT_OFFSET": str(offset),
        "ECO_INVISIBLE_SECONDS": str(INVISIBLE_SECONDS),
        "ECO_RECEIVES": str(receives),
    }


def _environment(stack: RunningStack, aws: Emulator, role: str) -> dict[str, str]:
    """What a function finds."""
    return {
        **stack.environment_of(role),
        "ECO_DB_NAME": DATABASE,
        "ECO_DB_PASSWORD": credentials(stack.home)[role],
        "ECO_STORE": "s3",
        "ECO_DELIVERY_URL": f"{aws.url}/123456789012/eco-{{function}}",
        "AWS_ENDPOINT_URL": aws.url,
        "AWS_LAMBDA_FUNCTION_NAME": role,
        "OMP_NUM_THREADS": "1",
    }


def _wait_for(offset: int, function: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(urllib3.exceptions.HTTPError):
            urllib3.request("GET", f"http://{ADDRESS}:{PORTS[function] + offset}/healthz", retries=False)
            return
        time.sleep(0.1)
    raise AssertionError("local.aws did not start")
