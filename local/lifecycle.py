"""Up in the background, down, and reset."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time

from local import state
from local.errors import LocalError
from local.home import REPOSITORY, Home

POLL_SECONDS = 0.1
DOWN_SECONDS = 60.0
DATA = ("postgres", "postgres.new", "buckets", "relay", "pgbouncer", "logs", "demo")
FILES = ("credentials.json", "postgres.password", "stack.json", "stack.json.new", "supervisor.lock")


def up(home: Home) -> bool:
    """Start a supervisor in the background and wait until all is ready; False where the stack runs already.

    Raises LocalError, with what the supervisor said, where it does not come up.
    """
    home.make()
    if state.running(home):
        _wait_for_another(home)
        return False
    with home.log("supervisor").open("wb") as log:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "local", "up"],
            cwd=REPOSITORY,
            env={**os.environ, **home.environment()},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    _wait_until_ready(home, supervisor)
    return True


def _wait_until_ready(home: Home, supervisor: subprocess.Popen[bytes]) -> None:
    """Ctrl-C while waiting stops what has been started."""
    try:
        while not _is_ready(home):
            if supervisor.poll() is not None:
                raise LocalError(home.log("supervisor").read_text(encoding="utf-8", errors="replace").strip())
            time.sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        supervisor.terminate()
        supervisor.wait()
        raise


def _wait_for_another(home: Home) -> None:
    while (record := state.running(home)) and not record.ready:
        time.sleep(POLL_SECONDS)
    if not state.running(home):
        raise LocalError(f"The stack in {home.path} was being started by somebody else, and did not come up.")


def _is_ready(home: Home) -> bool:
    record = state.running(home)
    return record is not None and record.ready


def down(home: Home) -> bool:
    """Stop the stack and whatever a killed supervisor left behind; False where nothing was running."""
    if not home.path.exists():
        return False
    record = state.running(home)
    if record:
        _stop_supervisor(record.supervisor)
    with state.exclusive(home):
        leftovers = state.end_leftovers(home)
    return record is not None or leftovers > 0


def _stop_supervisor(supervisor: state.Started) -> None:
    os.kill(supervisor.pid, signal.SIGTERM)
    deadline = time.monotonic() + DOWN_SECONDS
    while supervisor.is_alive():
        if time.monotonic() > deadline:
            os.kill(supervisor.pid, signal.SIGKILL)
        time.sleep(POLL_SECONDS)


def reset(home: Home) -> None:
    """Stop the stack and delete all its data: nothing in the folder but what the stack itself put there."""
    down(home)
    for name in DATA:
        if (home.path / name).exists():
            shutil.rmtree(home.path / name)
    for name in FILES:
        (home.path / name).unlink(missing_ok=True)
    if home.path.exists() and not any(home.path.iterdir()):
        home.path.rmdir()
