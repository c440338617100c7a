"""Settings: typed, checked at start, and all of them in .env.example."""

from dataclasses import fields
from pathlib import Path

import pytest

from functions.settings import Settings, SettingsError, variable
from local.home import Home

EXAMPLE = Path(__file__).parents[2] / ".env.example"


def test_a_setting_is_read_in_its_type() -> None:
    settings = Settings.from_environment({"ECO_DB_PORT": "7000", "ECO_DB_HOST": "db", "ECO_PART_ROWS": ""})
    assert (settings.db_port, settings.db_host, settings.part_rows) == (7000, "db", 100_000)


@pytest.mark.parametrize("text", ["many", "-1", "1.5"])
def test_a_wrong_setting_is_named_with_its_value(text: str) -> None:
    with pytest.raises(SettingsError, match=f"ECO_PART_ROWS='{text}'"):
        Settings.from_environment({"ECO_PART_ROWS": text})


def test_the_example_lists_every_setting_with_its_default() -> None:
    lines = [line for line in EXAMPLE.read_text().splitlines() if line.startswith("ECO_")]
    example = dict(line.split("=", 1) for line in lines)
    assert {variable(item.name): str(item.default) for item in fields(Settings)}.items() <= example.items()
    assert Home(Path()).environment().keys() <= example.keys()
