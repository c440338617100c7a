"""The relay as a process of its own that is killed: nothing is lost."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import relay_client
from local.home import REPOSITORY, Home
from tests.local.relay_target import Publisher, eventually, target
from tests.local.stacks import free_offset


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path, free_offset())


@pytest.fixture
def publisher(home: Home) -> Iterator[Publisher]:
    client = Publisher(home.port("relay"))
    yield client
    client.close()


def start_relay(home: Home) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "local.relay"]
    return subprocess.Popen(command, cwd=REPOSITORY, env={**os.environ, **home.environment()})


def test_what_was_pending_when_the_relay_was_killed_is_sent_again(home: Home, publisher: Publisher) -> None:
    relay = start_relay(home)
    for number in range(50):
        publisher.upload(str(number))
    relay.kill()
    relay.wait()
    with target(home.port("validate")) as function:
        relay = start_relay(home)
        try:
            assert eventually(lambda: len(set(function.names())) == 50)
            assert eventually(lambda: relay_client.stats(home)["pending"] == {})
        finally:
            relay.kill()
            relay.wait()
