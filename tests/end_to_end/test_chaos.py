"""Processes killed and the database restarted in the middle of a load: the end is as if nothing had happened.

The moments are random; the environment variable CHAOS_SEED repeats those of a seed that was printed.
"""

import contextlib
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy.exc import SQLAlchemyError

from local import database, relay_client, scheduler, state
from local.home import FUNCTIONS
from local.processes import group_members
from local.stack import first
from tests.end_to_end.test_online_retail import FACTS, uploaded
from tests.local.relay_target import eventually
from tests.running_stack import RunningStack, started
from tests.warehouse.files import sale, sales

FILES = 50
LOADERS = 4
VICTIMS = (*FUNCTIONS, "postgres", "pgbouncer")
ROUNDS = 2
LAST_MOMENT = 2 * FILES - 10  # of the 100 starts and ends of runs
LONGEST_PAUSE_SECONDS = 0.3
LONGEST_TICK_SECONDS = 0.5
# What the warehouse says, apart from surrogate keys and clock times.
SAID = {
    "facts": FACTS,
    "products": """
SELECT count(*) AS versions, sum(hashtextextended((to_jsonb(version) - 'product_key')::text, 0)::numeric) AS checksum
FROM eco.dim_product AS version
WHERE valid_from < valid_to
""",
    "customers": """
SELECT count(*) AS versions, sum(hashtextextended((to_jsonb(version) - 'customer_key')::text, 0)::numeric) AS checksum
FROM eco.dim_customer AS version
WHERE valid_from < valid_to
""",
    "quality log": """
SELECT logged.kind, count(*) AS lines, sum(hashtextextended(concat_ws('|', run.object_name,
    to_jsonb(logged) - ARRAY['quality_id', 'run_id', 'logged_at']), 0)::numeric) AS checksum
FROM eco.quality_log AS logged
JOIN eco.pipeline_run AS run USING (run_id)
GROUP BY logged.kind
ORDER BY logged.kind
""",
    "runs": """
SELECT object_name, status, parts_total, parts_loaded,
    rows_read, rows_loaded, rows_unchanged, rows_superseded, rows_rejected, rows_held
FROM eco.pipeline_run
ORDER BY object_name
""",
    "parts": """
SELECT run.object_name, part.part_no,
    part.rows_loaded, part.rows_unchanged, part.rows_superseded, part.rows_rejected, part.rows_held
FROM eco.pipeline_part AS part
JOIN eco.pipeline_run AS run USING (run_id)
ORDER BY run.object_name, part.part_no
""",
}
WHAT_LOADS_SHARE = "SELECT pg_advisory_xact_lock(hashtext('eco.dimensions'))"
WAITING_LOADERS = """
SELECT count(*) AS loaders
FROM pg_locks
JOIN pg_stat_activity AS activity USING (pid)
WHERE activity.usename = 'eco_loader' AND locktype = 'advisory' AND NOT granted
"""
LOCKS = "SELECT count(*) AS locks FROM pg_locks WHERE locktype = 'advisory'"
PROGRESS = "SELECT count(*) + count(finished_at) AS progress FROM eco.pipeline_run"
ENDS = """
SELECT
    cast(extract(EPOCH FROM min(finished_at)) AS float8) AS first,
    cast(extract(EPOCH FROM max(finished_at)) AS float8) AS last
FROM eco.pipeline_run
"""


@dataclass(frozen=True)
class Fault:
    """What was struck, and when (Unix time)."""

    victim: str
    at: float


@pytest.mark.timeout(900)
def test_kills_and_restarts_in_the_middle_of_four_concurrent_loads_leave_the_undisturbed_end_state(
    online_retail: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = online_retail[:FILES]
    seed = int(os.environ.get("CHAOS_SEED") or random.randrange(1_000_000))
    with capsys.disabled(), started(tmp_path / "undisturbed") as undisturbed:
        upload_with_four_loads_at_once(undisturbed, files)
        assert set(restarts(undisturbed).values()) == {0}
        expected = said_by(undisturbed)

    with capsys.disabled(), started(tmp_path / "disturbed") as disturbed:
        print(f"\nCHAOS_SEED={seed}")  # noqa: T201 # what repeats a failure
        faults = upload_under_chaos(disturbed, files, random.Random(seed))
        assert eventually(lambda: is_at_rest(disturbed), 120), relay_client.stats(disturbed.home)
        assert said_by(disturbed) == expected
        assert_struck_in_the_middle(disturbed, faults)
        verified = disturbed.command_line.run("verify")
        assert verified.returncode == 0, verified.stdout + verified.stderr


def test_a_killed_function_takes_its_workers_along_whatever_they_are_at(stack: RunningStack, tmp_path: Path) -> None:
    (tmp_path / "held_back.csv").write_text(sales(sale(order="HELDBACK")))
    before, killed = restarts(stack)["load"], pid(stack, "load")
    with ThreadPoolExecutor(1) as uploader:
        with loads_held_back(stack):
            uploading = uploader.submit(stack.upload, tmp_path / "held_back.csv", prefix="sales/")
            assert eventually(lambda: waiting_loaders(stack) == 1, 60)
            os.kill(killed, signal.SIGKILL)
            assert eventually(lambda: group_members(killed) == [], 5)
            assert eventually(lambda: pid(stack, "load") != killed and is_up(stack, "load"), 30)
        assert uploading.result()[0]["status"] == "SUCCESS"
    assert restarts(stack)["load"] == before + 1


def upload_with_four_loads_at_once(running: RunningStack, files: list[Path]) -> None:
    """Upload the files, and see exactly four loads in the middle of their transactions."""
    with ThreadPoolExecutor(1) as uploader:
        with loads_held_back(running):
            uploading = uploader.submit(uploaded, running, files)
            assert eventually(lambda: waiting_loaders(running) >= LOADERS, 60)
            time.sleep(1.0)
            assert waiting_loaders(running) == LOADERS
        uploading.result()


def upload_under_chaos(running: RunningStack, files: list[Path], chance: random.Random) -> list[Fault]:
    """Upload the files, and strike each victim twice, at random moments from the first run on to the last ones."""
    victims = [victim for _ in range(ROUNDS) for victim in chance.sample(VICTIMS, len(VICTIMS))]
    moments = sorted(chance.sample(range(1, LAST_MOMENT), len(victims)))
    faults: list[Fault] = []
    with ThreadPoolExecutor(1) as uploader:
        uploading = uploader.submit(uploaded, running, files)
        for victim, moment in zip(victims, moments, strict=True):
            wait_for_progress(running, moment)
            time.sleep(chance.uniform(0, LONGEST_PAUSE_SECONDS))
            faults.append(struck(running, victim, chance))
        uploading.result()
    return faults


def wait_for_progress(running: RunningStack, moment: int) -> None:
    """Wait until so many starts and ends of runs have come to pass; nobody knows while the database is away."""
    deadline = time.monotonic() + 150
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, SQLAlchemyError):
            if running.rows(PROGRESS)[0]["progress"] >= moment:
                return
        time.sleep(0.1)
    raise AssertionError(f"the load does not get on: {relay_client.stats(running.home)}")


def struck(running: RunningStack, victim: str, chance: random.Random) -> Fault:
    """Strike a victim that is up: kill -9, or what `pg_ctl stop -m immediate` sends."""
    assert eventually(lambda: is_up(running, victim), 60), f"{victim} does not come up again"
    if victim == "maintain":
        threading.Thread(target=tick, args=(running,)).start()
        time.sleep(chance.uniform(0, LONGEST_TICK_SECONDS))
    with_workers = chance.random() < 0.5
    if victim == "postgres":
        os.kill(pid(running, victim), signal.SIGQUIT)
    elif with_workers:
        os.killpg(pid(running, victim), signal.SIGKILL)
    else:
        os.kill(pid(running, victim), signal.SIGKILL)
    return Fault(victim, time.time())


def tick(running: RunningStack) -> None:
    """Have maintain at work."""
    with contextlib.suppress(scheduler.MaintainError):
        scheduler.fire(running.home)


@contextlib.contextmanager
def loads_held_back(running: RunningStack) -> Iterator[None]:
    """Own what all loads of sales share: each comes to the middle of its transaction, and waits there."""
    with database.warehouse(running.home).engine.begin() as connection:
        connection.execute(sqlalchemy.text(WHAT_LOADS_SHARE))
        yield


def waiting_loaders(running: RunningStack) -> int:
    return int(running.rows(WAITING_LOADERS)[0]["loaders"])


def is_up(running: RunningStack, name: str) -> bool:
    process = next(process for process in first(running.home) if process.name == name)
    record = state.running(running.home)
    return record is not None and record.processes[name].is_alive() and process.healthy()


def is_at_rest(running: RunningStack) -> bool:
    """Whether every process is up, no event is on its way, and nobody was left behind holding a lock."""
    return (
        running.command_line.run("status").returncode == 0
        and relay_client.stats(running.home)["pending"] == {}
        and running.rows(LOCKS) == [{"locks": 0}]
    )


def said_by(running: RunningStack) -> dict[str, Any]:
    said: dict[str, Any] = {name: running.rows(sql) for name, sql in SAID.items()}
    return said | {"dead letters": relay_client.stats(running.home)["dead"]}


def pid(running: RunningStack, name: str) -> int:
    return int(running.command_line.record()["processes"][name]["pid"])


def restarts(running: RunningStack) -> dict[str, int]:
    """How often the supervisor started each process again."""
    return {name: process["restarts"] for name, process in running.command_line.record()["processes"].items()}


def assert_struck_in_the_middle(running: RunningStack, faults: list[Fault]) -> None:
    """Every victim fell before the last run ended, some after the first had; each was started again, once a fall."""
    end = running.rows(ENDS)[0]
    moments = " ".join(f"{fault.victim}{fault.at - end['first']:+.0f}" for fault in faults)
    print(f"seconds from the first run's end: {moments} last run{end['last'] - end['first']:+.0f}")  # noqa: T201 # figures
    assert {fault.victim for fault in faults if fault.at < end["last"]} == set(VICTIMS)
    assert any(end["first"] < fault.at < end["last"] for fault in faults)
    falls = Counter(fault.victim for fault in faults)
    assert {victim: restarts(running)[victim] for victim in VICTIMS} == falls
