"""Verify, rebuild and forget as a person runs them, on a stack of their own."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from functions import verify
from local.home import DATABASE, REPOSITORY
from local.rebuilding import DATABASE as REBUILT
from tests.pipeline import superuser
from tests.running_stack import RunningStack, started
from tests.warehouse import mixed


@pytest.fixture(scope="module")
def own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A stack with a mixed history in it."""
    folder = tmp_path_factory.mktemp("operations")
    with started(folder) as running:
        for name, content in mixed.FILES.items():
            file = folder / Path(name).name
            file.write_text(content)
            running.upload(file, prefix=f"{Path(name).parent}/")
        yield running


def functions_command(stack: RunningStack, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`python -m functions`, with the settings of an operator in its environment."""
    return subprocess.run(
        [sys.executable, "-m", "functions", *arguments],
        cwd=REPOSITORY,
        env={
            **os.environ,
            **stack.environment_of("eco_operator"),
            "STORAGE_EMULATOR_HOST": stack.home.url("storage"),
            "GOOGLE_CLOUD_PROJECT": "local",
        },
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_right_warehouse_verifies_and_rebuilds(own_stack: RunningStack) -> None:
    run = own_stack.command_line.run
    verified, sums, rebuilt = run("verify"), run("verify", "--checksums"), run("rebuild")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert all(says in verified.stdout for says in verify.PROPERTIES.values())
    assert all(table in sums.stdout for table in verify.CONTENT)
    assert rebuilt.returncode == 0, rebuilt.stdout + rebuilt.stderr
    assert "the rebuilt one says the same" in rebuilt.stdout
    assert not is_there(own_stack, REBUILT)


def is_there(stack: RunningStack, database: str) -> bool:
    with contextlib.closing(superuser(stack.home)) as connection:
        return bool(connection.run("SELECT FROM pg_database WHERE datname = :name", name=database))


def test_a_customer_is_forgotten_and_the_warehouse_stays_right(own_stack: RunningStack) -> None:
    forgotten = own_stack.command_line.run("forget", "C1")
    assert forgotten.returncode == 0, forgotten.stderr
    assert "Erased:" in forgotten.stdout
    assert own_stack.command_line.run("verify").returncode == 0
    assert own_stack.command_line.run("forget", " ").returncode == 1


def test_the_same_commands_work_by_the_settings_in_the_environment(own_stack: RunningStack) -> None:
    verified = functions_command(own_stack, "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert functions_command(own_stack, "verify", "--checksums").stdout.startswith("fact_sales\t")
    assert "Nothing was known" in functions_command(own_stack, "forget", "nobody").stdout
    assert functions_command(own_stack, "maintain", "--dry-run").returncode == 0
    assert "is not archived" in functions_command(own_stack, "restore", "2024-01").stderr
    assert functions_command(own_stack, "restore", "2024-13").returncode == 2
    refused = functions_command(own_stack, "rebuild", "--into", DATABASE)
    assert (refused.returncode, "empty" in refused.stderr) == (1, True)


def test_a_fault_is_told_and_the_rebuilt_warehouse_is_kept_to_look_at(own_stack: RunningStack) -> None:
    with contextlib.closing(superuser(own_stack.home, DATABASE)) as connection:
        connection.run("UPDATE eco.fact_sales SET carbon_savings_kg = 77 WHERE order_id = 'A4'")
    verified, rebuilt = own_stack.command_line.run("verify"), own_stack.command_line.run("rebuild")
    assert verified.returncode == 1
    assert "P4 does not hold" in verified.stderr
    assert "p4_carbon_follows.sql" in verified.stderr
    assert rebuilt.returncode == 1
    assert "says something else" in rebuilt.stdout
    assert is_there(own_stack, REBUILT)
    looked = own_stack.command_line.run("psql", "--", "-d", REBUILT, "-c", "TABLE eco.run_accounting")
    assert looked.returncode == 0
