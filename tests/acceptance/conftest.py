"""One home at a time for the suite; the homes on this machine share one PostgreSQL."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from tests.acceptance import aws_home, compose_home, gcs_home
from tests.acceptance.homes import SETTINGS, Home
from tests.running_stack import RunningStack, started


@pytest.fixture(scope="session")
def acceptance_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A stack in which nothing has been uploaded yet."""
    with pytest.MonkeyPatch.context() as environment, contextlib.ExitStack() as stack:
        for name, value in SETTINGS.items():
            environment.setenv(name, value)
        running = stack.enter_context(started(tmp_path_factory.mktemp("acceptance")))
        yield running


@pytest.fixture(scope="module", params=["embedded gcp", "embedded aws", "compose gcp", "compose aws"])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    kind, profile = request.param.split()
    if kind == "compose":
        with compose_home.project_up(profile) as (_, running):
            yield running
        return
    stack: RunningStack = request.getfixturevalue("acceptance_stack")
    if profile == "gcp":
        yield gcs_home.home(stack)
        return
    with aws_home.home(stack, request.getfixturevalue("aws"), tmp_path_factory.mktemp("lambda")) as running:
        yield running
