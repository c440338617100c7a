"""The homes in containers: docker-compose.yml in its two profiles, met from outside as its user meets it."""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from google.auth.credentials import AnonymousCredentials
from google.cloud import storage

from functions.events import ObjectEvent
from functions.gcs_store import CloudStorage
from functions.s3_store import S3
from functions.settings import Settings
from functions.store import ObjectStore
from local.aws.__main__ import PORTS
from local.aws.runtime_api import INVOCATIONS
from local.home import STAGES
from tests.acceptance.aws_home import INVISIBLE_SECONDS, dead_letters_of
from tests.acceptance.homes import SETTINGS, Home
from tests.aws import Emulator
from tests.compose.conftest import skip_without_engine, skip_without_images
from tests.compose.project import Project

# What runs inside the containers, since none of it is published.
DELIVER = """
import json, sys
from datetime import datetime
from functions.delivery import deliver
from functions.events import ObjectEvent
from functions.settings import Settings
event = json.loads(sys.argv[1])
at = datetime.fromisoformat(event.pop("uploaded_at"))
deliver(ObjectEvent(uploaded_at=at, **event), sys.argv[2], Settings.from_environment())
"""
FIRE = "from local.home import Home; from local.scheduler import fire; fire(Home.from_environment())"
INVOKE = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1], data=b'{}')"
STATS = "import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:8791/stats').read().decode())"


@contextlib.contextmanager
def project_up(profile: str, instances: int = 1) -> Iterator[tuple[Project, Home]]:
    """Bring a project up in a profile, with so many of each function, and take it down at the end, with its data."""
    changes = {**SETTINGS, "ECO_INVISIBLE_SECONDS": str(INVISIBLE_SECONDS), "ECO_RECEIVES": "20"}
    project = Project(f"eco-accept-{secrets.token_hex(4)}", secrets.token_hex(16), profile, changes)
    skip_without_engine()
    skip_without_images(project)
    try:
        services = [f"{'aws-' if profile == 'aws' else ''}{stage}" for stage in STAGES]
        scales = [option for service in services for option in ("--scale", f"{service}={instances}")]
        project.compose("up", "--wait", *scales)
        yield project, _gcp(project) if profile == "gcp" else _aws(project)
    finally:
        project.down()


def _gcp(project: Project) -> Home:
    def dead_letters() -> int:
        return sum(json.loads(_python(project, "relay", STATS))["dead"].values())

    client = storage.Client(
        project="local",
        credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call] # the library is not typed
        client_options={"api_endpoint": f"http://127.0.0.1:{_port(project, 'storage', 4443)}"},
    )
    return _home(project, CloudStorage(client), "", ("scheduler", FIRE), dead_letters)


def _aws(project: Project) -> Home:
    emulator = Emulator(_port(project, "aws", 4566))
    tick = ("lambda", INVOKE, f"http://127.0.0.1:{PORTS['maintain']}{INVOCATIONS}")
    return _home(project, S3(emulator.client("s3")), "aws-", tick, lambda: dead_letters_of(emulator))


def _home(
    project: Project, store: ObjectStore, prefix: str, tick: tuple[str, ...], dead_letters: Callable[[], int]
) -> Home:
    """`prefix` is that of the functions' services, `tick` what fires maintenance, and in which service."""

    def deliver(event: ObjectEvent, function: str) -> None:
        _python(project, f"{prefix}maintain", DELIVER, json.dumps(asdict(event), default=str), function)

    def kill(function: str) -> None:
        """Docker starts nothing again that was killed by hand."""
        project.compose("kill", f"{prefix}{function}")
        project.compose("start", f"{prefix}{function}")

    def review(*arguments: str) -> str:
        """In a container that has the code; as whom, it says itself."""
        command = ("python", "-m", "functions", "review", *arguments)
        return project.compose("exec", "-T", "-e", "ECO_DB_USER=eco_reviewer", f"{prefix}maintain", *command)

    settings = Settings(db_port=_port(project, "pgbouncer", 6432), db_user="eco_reader", db_password=project.password)
    return Home(
        f"compose {project.profile}",
        store,
        settings,
        deliver,
        kill,
        lambda: _python(project, *tick),
        dead_letters,
        review,
    )


def _port(project: Project, service: str, port: int) -> int:
    return int(project.compose("port", service, str(port)).strip().rsplit(":", 1)[1])


def _python(project: Project, service: str, code: str, *arguments: str) -> str:
    return project.compose("exec", "-T", service, "python", "-c", code, *arguments)


def retail_name(day: Path) -> str:
    """The name under which a day of Online Retail is uploaded."""
    return f"sales/online-retail/{day.name}"


def instances_that_worked(project: Project, service: str) -> set[str]:
    """The containers of a service whose logs tell of a part that they have processed."""
    lines = project.compose("logs", "--no-color", service).splitlines()
    return {line.split("|")[0].strip() for line in lines if '"run_id"' in line}
