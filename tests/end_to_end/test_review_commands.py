"""Reviewing as a person does it, on a stack of its own: one command, and the row counts."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from local.home import REPOSITORY
from tests.running_stack import RunningStack, started
from tests.warehouse.files import sale, sales
from tests.warehouse.reviewing import AT, HELD, REJECTED, USUAL

NAME = "sales/reviewed.csv"


@pytest.fixture(scope="module")
def own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A stack with one file in it: rows 21 and 24 are held, 22 and 23 rejected."""
    folder = tmp_path_factory.mktemp("review")
    with started(folder) as running:
        file = folder / "reviewed.csv"
        more = sale("A9", 1, AT, "P1", "C1", quantity="y"), sale("A9", 2, AT, "P1", "C1", price="2000")
        file.write_text(sales(*USUAL, HELD, REJECTED, *more))
        running.upload(file, prefix="sales/")
        yield running


def entries(stack: RunningStack, *options: str) -> dict[int, dict[str, Any]]:
    """What `review list` shows, by the row in the file."""
    listed = stack.command_line.run("review", "list", "--json", *options)
    assert listed.returncode == 0, listed.stderr
    return {entry["source_row"]: entry for entry in json.loads(listed.stdout)}


def wait_until(stack: RunningStack, source_row: int, state: str) -> dict[str, Any]:
    """Wait until a row's review is in that state; the event takes a moment."""
    deadline = time.monotonic() + 60
    while (entry := entries(stack, "--state", "any")[source_row])["review_state"] != state:
        assert time.monotonic() < deadline, entry
        time.sleep(0.2)
    return entry


def loaded(stack: RunningStack) -> tuple[int, int, int]:
    run = stack.rows("SELECT * FROM eco.pipeline_run WHERE object_name = :name", name=NAME)[0]
    assert stack.rows("SELECT count(*) AS lines FROM eco.fact_sales")[0]["lines"] == run["rows_loaded"]
    return run["rows_loaded"], run["rows_held"], run["rows_rejected"]


def test_a_shop_owner_reviews_a_file(own_stack: RunningStack) -> None:
    run = own_stack.command_line.run
    assert loaded(own_stack) == (20, 2, 2)
    waiting = entries(own_stack)
    assert {row: entry["kind"] for row, entry in waiting.items()} == {
        21: "held", 22: "rejected", 23: "rejected", 24: "held",
    }  # fmt: skip
    table = run("review", "list", "--kind", "held")
    assert "unit price 1,000.00 is" in table.stdout

    released = run("review", "release", str(waiting[21]["quality_id"]), "--by", "ada", "--note", "a gold one")
    assert released.returncode == 0, released.stderr
    assert "1 row: released." in released.stdout
    wait_until(own_stack, 21, "loaded")
    assert loaded(own_stack) == (21, 1, 2)
    assert "released already" not in released.stdout

    corrected = run("review", "correct", str(waiting[22]["quality_id"]), "--set", "quantity=2", "--by", "ada")
    assert "1 row: corrected and released." in corrected.stdout
    wait_until(own_stack, 22, "loaded")
    assert loaded(own_stack) == (22, 1, 1)

    dismissed = run("review", "dismiss", "--run", NAME, "--kind", "held", "--note", "a typing error")
    assert "1 row: dismissed." in dismissed.stdout
    undone = run("review", "undo", str(waiting[24]["quality_id"]))
    assert "1 row: open again." in undone.stdout
    shown = run("review", "show", str(waiting[24]["quality_id"]))
    assert "dismiss by" in shown.stdout
    assert "a typing error" in shown.stdout
    assert "1 row: still rejected." in run("review", "replay", NAME).stdout
    assert run("verify").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["release"], 2, "Say which rows"),
        (["correct", "1", "--set", "quantity"], 2, "COLUMN=VALUE"),
        (["correct", "{22}", "--set", "quantity=many"], 2, "is not a whole number"),
        (["show", "999999"], 1, "There is no row 999999"),
        (["release", "999999"], 0, "not there"),
    ],
)
def test_what_cannot_be_decided_is_said(own_stack: RunningStack, arguments: list[str], code: int, says: str) -> None:
    open_row = next(entry["quality_id"] for row, entry in entries(own_stack, "--state", "any").items() if row == 23)
    done = own_stack.command_line.run("review", *(text.replace("{22}", str(open_row)) for text in arguments))
    assert done.returncode == code, done.stdout + done.stderr
    assert says in done.stdout + done.stderr


def test_the_same_with_the_settings_of_the_functions(own_stack: RunningStack) -> None:
    entry = entries(own_stack, "--state", "any")[23]

    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "functions", "review", *arguments],
            cwd=REPOSITORY,
            env={
                **os.environ,
                **own_stack.environment_of("eco_reviewer"),
                "STORAGE_EMULATOR_HOST": own_stack.home.url("storage"),
                "GOOGLE_CLOUD_PROJECT": "local",
                "ECO_DELIVERY_URL": f"{own_stack.home.url('relay-inlet')}/{{function}}",
            },
            capture_output=True,
            text=True,
            timeout=120,
        )

    assert "quantity: 'y' is not a whole number" in command("list", "--kind", "rejected").stdout
    assert command("release").returncode == 2
    corrected = command("correct", str(entry["quality_id"]), "--set", "quantity=1", "--by", "ada")
    assert corrected.stdout == "1\tcorrected and released\n", corrected.stderr
    wait_until(own_stack, 23, "loaded")
