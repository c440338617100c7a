"""Whole stacks, really started: they come up, mend themselves, and leave nothing behind."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from local import state
from tests.local.relay_target import eventually
from tests.local.stacks import Stack, new_stack

KILLED = ("postgres", "pgbouncer", "storage", "relay", "scheduler", "validate", "score", "load", "maintain")


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack that several tests share."""
    stack = new_stack(tmp_path_factory.mktemp("stack"))
    started = stack.run("up", "--detach")
    try:
        assert started.returncode == 0, started.stdout + started.stderr
        yield stack
    finally:
        stack.run("down")


@pytest.fixture
def new(tmp_path: Path) -> Iterator[Stack]:
    """A stack that is not started yet."""
    stack = new_stack(tmp_path)
    yield stack
    stack.run("down")


def everything_of(stack: Stack) -> list[psutil.Process]:
    """Every process that the stack's ports or data folder give away as its own."""
    home = str(stack.home.path)
    return [process for process in psutil.process_iter() if home in _traces(process)]


def _traces(process: psutil.Process) -> str:
    try:
        return " ".join([*process.cmdline(), process.cwd(), *process.environ().values()])
    except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
        return ""


def pid(stack: Stack, name: str) -> int:
    return int(stack.record()["processes"][name]["pid"])


def test_a_second_up_says_that_it_runs(up: Stack) -> None:
    again = up.run("up", "--detach")
    assert again.returncode == 0
    assert "running already" in again.stdout
    in_front = up.run("up")
    assert in_front.returncode == 1
    assert "running already" in in_front.stderr


def test_psql_reaches_the_warehouse_through_the_pooler(up: Stack) -> None:
    answer = up.run("psql", "--role", "eco_loader", "-Atc", "SELECT current_user, count(*) >= 0 FROM eco.pipeline_run")
    assert answer.stdout == "eco_loader|t\n", answer.stderr
    pools = up.run("psql", "-d", "pgbouncer", "-Atc", "SHOW POOLS")
    assert "transaction" in pools.stdout, pools.stderr


def test_secrets_are_for_their_owner_alone(up: Stack) -> None:
    assert (up.home.path / "credentials.json").stat().st_mode & 0o777 == 0o600
    password = (up.home.path / "credentials.json").read_text(encoding="utf-8").split('"')[3]
    assert not [log for log in up.home.logs.iterdir() if password in log.read_text(encoding="utf-8")]


@pytest.mark.parametrize("name", KILLED)
def test_a_killed_process_is_started_again(up: Stack, name: str) -> None:
    killed = pid(up, name)
    os.kill(killed, signal.SIGKILL)
    assert eventually(lambda: pid(up, name) != killed and psutil.pid_exists(pid(up, name)), 30)
    assert eventually(lambda: up.run("status").returncode == 0, 60), up.run("status").stdout


def test_data_is_there_after_down_and_up(new: Stack) -> None:
    assert new.run("up", "--detach").returncode == 0
    made = new.run("psql", "--role", "postgres", "-c", "CREATE TABLE kept AS SELECT 42 AS answer")
    assert made.returncode == 0, made.stderr
    assert new.run("down").returncode == 0
    assert everything_of(new) == []
    assert new.run("up", "--detach").returncode == 0
    assert new.run("psql", "--role", "postgres", "-Atc", "SELECT answer FROM kept").stdout == "42\n"
    assert new.run("reset", "--yes").returncode == 0
    assert everything_of(new) == []
    assert not new.home.path.exists()


def test_ctrl_c_leaves_nothing_behind(new: Stack) -> None:
    stack = new.start("up")
    assert eventually(lambda: (record := state.running(new.home)) is not None and record.ready, 120)
    stack.send_signal(signal.SIGINT)
    output, _ = stack.communicate(timeout=60)
    assert stack.returncode == 0, output
    assert everything_of(new) == []


def test_down_cleans_up_after_a_killed_supervisor(new: Stack) -> None:
    assert new.run("up", "--detach").returncode == 0
    os.kill(int(new.record()["supervisor"]["pid"]), signal.SIGKILL)
    assert new.run("down").returncode == 0
    assert eventually(lambda: everything_of(new) == [])
    assert new.run("status").returncode == 1
    assert new.run("up", "--detach").returncode == 0


def test_a_busy_port_is_named_and_nothing_stays_up(new: Stack) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", new.home.port("score")))
        busy.listen()
        refused = new.run("up", "--detach")
    assert refused.returncode == 1
    assert f"{new.home.port('score')}, needed for score" in refused.stderr
    assert "ECO_PORT_OFFSET" in refused.stderr
    assert everything_of(new) == []


def test_what_does_not_start_is_told_with_the_end_of_its_log(new: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECO_PART_ROWS", "some")
    failed = new.run("up", "--detach")
    assert failed.returncode == 1
    assert "relay ended at its start" in failed.stderr
    assert "ECO_PART_ROWS='some' is not a whole number" in failed.stderr
    assert everything_of(new) == []


def test_commands_on_a_stack_that_is_down_say_so(new: Stack) -> None:
    for command in (["status"], ["psql", "-c", "SELECT 1"], ["redrive"], ["maintain"]):
        answer = new.run(*command)
        assert answer.returncode == 1, command
        assert "python -m local" in answer.stderr, command
    assert "Nothing was running" in new.run("down").stdout
