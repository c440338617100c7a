"""Where a stack lives, read from the environment."""

from pathlib import Path

import pytest

from local.errors import UsageError
from local.home import PORTS, REPOSITORY, Home


def test_the_defaults() -> None:
    home = Home.from_environment({})
    assert home == Home(REPOSITORY / ".eco", 0)
    assert home.port("pgbouncer") == 6432


def test_the_offset_moves_every_port() -> None:
    home = Home.from_environment({"ECO_HOME": "/tmp/a", "ECO_PORT_OFFSET": "1000"})  # noqa: S108 - only a name
    assert home.path == Path("/tmp/a")  # noqa: S108 - only a name
    assert {home.port(name) for name in PORTS} == {port + 1000 for port in PORTS.values()}


def test_another_process_reads_the_same_home() -> None:
    home = Home(REPOSITORY / "elsewhere", 7, 3, 2)
    assert Home.from_environment(home.environment()) == home


@pytest.mark.parametrize("offset", ["many", "-1", "1.5", "60000"])
def test_an_offset_that_is_none_is_refused_by_name(offset: str) -> None:
    with pytest.raises(UsageError, match=f"ECO_PORT_OFFSET='{offset}' is not a whole number from 0 to"):
        Home.from_environment({"ECO_PORT_OFFSET": offset})
