"""What the integration tests share: one real stack, and for each test a warehouse and buckets of its own."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.aws import Emulator, emulator
from tests.pipeline import Pipeline
from tests.running_stack import RunningStack, started

# The database and the machine decide how long an example takes, and an example is worth keeping only if it fails.
settings.register_profile(
    "default", deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile("default")

# The data set of UCI, a CSV a day; it is not part of the project.
ONLINE_RETAIL = Path(os.environ.get("ONLINE_RETAIL") or Path(__file__).parents[2] / "shared" / "data" / "online-retail")


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A stack as `python -m local up` starts it, for the whole session."""
    with started(tmp_path_factory.mktemp("session")) as running:
        yield running


@pytest.fixture(scope="session")
def aws() -> Iterator[Emulator]:
    """S3 and SQS, for the whole session."""
    with emulator() as running:
        yield running


@pytest.fixture
def pipeline(stack: RunningStack) -> Iterator[Pipeline]:
    """A warehouse and buckets of the test's own, in the session's stack."""
    with Pipeline.made(stack.home, f"test_{uuid.uuid4().hex[:12]}") as made:
        yield made


@pytest.fixture(scope="session")
def online_retail() -> list[Path]:
    """The 305 files of the UCI Online Retail data set, a file a day."""
    files = sorted(ONLINE_RETAIL.glob("*.csv"))
    if not files:
        pytest.skip(f"the Online Retail files are not on this machine: {ONLINE_RETAIL} is not there")
    return files
