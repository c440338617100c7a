"""`python -m infra.cost.measure FILE…`: processor seconds of each function per gigabyte, on the local stack, as JSON.

Start a stack that does nothing else (`python -m local up --detach`); the files are uploaded as Online Retail sales.
Processor time, unlike wall time, does not depend much on what else runs on the machine. It leaves out waiting for the
database and the bucket, which a cloud bills as well: `estimate` says how much it adds for that.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psutil

from local import state
from local.home import STAGES, Home

PREFIX = "sales/online-retail/"


def processor_seconds(home: Home) -> dict[str, float]:
    """What the process of each function, and those below it, have used so far."""
    record = state.running(home)
    if record is None:
        sys.exit("No stack is running. Start one: python -m local up --detach")
    found = {}
    for name in STAGES:
        process = psutil.Process(record.processes[name].pid)
        family = [process, *process.children(recursive=True)]
        found[name] = sum(item.cpu_times().user + item.cpu_times().system for item in family)
    return found


def main(names: list[str]) -> None:
    """Upload the files, wait until they are loaded, and tell what it took."""
    home, size = Home.from_environment(), sum(Path(name).stat().st_size for name in names)
    before = processor_seconds(home)
    command = [sys.executable, "-m", "local", "upload", *names, "--prefix", PREFIX, "--wait", "--json"]
    runs = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603
    used = {name: seconds - before[name] for name, seconds in processor_seconds(home).items()}
    gigabytes = size / 1e9
    measured = {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "files": len(names),
        "megabytes": round(size / 1e6, 1),
        "rows": sum(run["rows_read"] for run in runs),
        "processor_seconds_per_gigabyte": {name: round(seconds / gigabytes) for name, seconds in used.items()},
    }
    sys.stdout.write(json.dumps(measured, indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
