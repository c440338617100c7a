"""Settings: typed, checked at start, and all of them in .env.example."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

import dashboard.settings
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


def test_a_setting_that_has_few_values_takes_no_other() -> None:
    with pytest.raises(SettingsError, match="SMTP_TLS='no' is not one of on, implicit, off"):
        Settings.from_environment({"SMTP_TLS": "no"})


def test_the_example_lists_every_setting_with_its_default() -> None:
    example = dict(re.findall(r"^#?([A-Z_]+)=(.*)$", EXAMPLE.read_text(), re.MULTILINE))
    for settings in (Settings, dashboard.settings.Settings):
        assert {variable(item.name): str(item.default) for item in fields(settings)}.items() <= example.items()
    assert Home(Path()).environment().keys() <= example.keys()
