"""One compose project for the session, on ports that the engine picks; skipped where Docker cannot run it."""

from __future__ import annotations

import secrets
import shlex
import subprocess
from collections.abc import Iterator

import pytest

from local.home import REPOSITORY
from tests.compose.project import Project

FILE = REPOSITORY / "docker-compose.yml"
BASE_IMAGE = "python:3.13-slim"
INFO_SECONDS = 30
PULL_SECONDS = 600


@pytest.fixture(scope="session")
def project() -> Iterator[Project]:
    """The project, not up yet; whatever a failed start left behind is taken down as well."""
    made = Project(f"eco-test-{secrets.token_hex(4)}", secrets.token_hex(16))
    skip_without_engine()
    skip_without_images(made)
    try:
        yield made
    finally:
        made.down()


@pytest.fixture(scope="session")
def docker_compose_file() -> str:
    return str(FILE)


@pytest.fixture(scope="session")
def docker_compose_project_name(project: Project) -> str:
    return project.name


@pytest.fixture(scope="session")
def docker_compose_command(project: Project) -> str:
    """With the settings of this project alone, whatever .env says."""
    settings = (f"{name}={shlex.quote(value)}" for name, value in project.settings.items())
    return " ".join(["env", *settings, "docker compose"])


@pytest.fixture(scope="session")
def docker_setup() -> str:
    return "up --wait"


@pytest.fixture(scope="session")
def docker_cleanup() -> str:
    """Nothing: the project takes itself down."""
    return ""


def skip_without_engine() -> None:
    try:
        answer = subprocess.run(["docker", "info"], capture_output=True, text=True, timeout=INFO_SECONDS)
    except (FileNotFoundError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"there is no Docker engine: {error}")
    if answer.returncode != 0:
        pytest.skip(f"no Docker engine answers: {answer.stderr.strip()}")


def skip_without_images(project: Project) -> None:
    """Every image that the project does not build is there, or can be pulled."""
    needed = {BASE_IMAGE, *project.images()}
    missing = sorted(image for image in needed if not _is_there(image) and not _pulled(image))
    if missing:
        pytest.skip(f"these images are not here and cannot be pulled: {', '.join(missing)}")


def _is_there(image: str) -> bool:
    return subprocess.run(["docker", "image", "inspect", image], capture_output=True).returncode == 0


def _pulled(image: str) -> bool:
    try:
        answer = subprocess.run(["docker", "pull", "--quiet", image], capture_output=True, timeout=PULL_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return answer.returncode == 0
