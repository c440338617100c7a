"""`python -m infra.cost.measure FILE…`: what functions and database take for these files, on the local stack, as JSON.

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
import sqlalchemy

from local import database, state
from local.home import STAGES, Home

PREFIX = "sales/online-retail/"


SERVER = ("postgres", "pgbouncer")
COUNTERS = """
SELECT
    pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint AS wal_bytes,
    xact_commit AS transactions,
    pg_database_size(current_database()) AS stored_bytes
FROM pg_stat_database WHERE datname = current_database()
"""


def processor_seconds(home: Home) -> dict[str, float]:
    """What each process, and those below it, have used so far."""
    record = state.running(home)
    if record is None:
        sys.exit("No stack is running. Start one: python -m local up --detach")
    found = {}
    for name in (*STAGES, *SERVER):
        process = psutil.Process(record.processes[name].pid)
        family = [process, *process.children(recursive=True)]
        # What has ended below it counts as well: PostgreSQL has a process for each connection.
        found[name] = sum(sum(item.cpu_times()[:2]) for item in family) + sum(process.cpu_times()[2:4])
    return found


def counters(home: Home) -> dict[str, int]:
    """What the server has counted so far."""
    with database.warehouse(home).engine.begin() as connection:
        return dict(connection.execute(sqlalchemy.text(COUNTERS)).mappings().one())


def main(names: list[str]) -> None:
    """Upload the files, wait until they are loaded, and tell what it took."""
    home, size = Home.from_environment(), sum(Path(name).stat().st_size for name in names)
    before, counted = processor_seconds(home), counters(home)
    command = [sys.executable, "-m", "local", "upload", *names, "--prefix", PREFIX, "--wait", "--json"]
    runs = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603
    used = {name: seconds - before[name] for name, seconds in processor_seconds(home).items()}
    counted = {name: value - counted[name] for name, value in counters(home).items()}
    gigabytes, rows = size / 1e9, sum(run["rows_read"] for run in runs)
    measured = {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "files": len(names),
        "megabytes": round(size / 1e6, 1),
        "rows": rows,
        "processor_seconds_per_gigabyte": {name: round(used[name] / gigabytes) for name in STAGES},
        "processor_seconds_per_million_rows": {name: round(used[name] / rows * 1e6, 1) for name in SERVER},
        "wal_bytes_per_row": round(counted["wal_bytes"] / rows),
        "stored_bytes_per_row": round(counted["stored_bytes"] / rows),
        "transactions_per_file": round(counted["transactions"] / len(names), 1),
    }
    sys.stdout.write(json.dumps(measured, indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
