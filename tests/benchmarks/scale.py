"""`make bench-scale`: 1, 2 and 4 of each function on Online Retail, in containers of both clouds' homes.

Each time the same files, in a project of its own; printed are how many instances took part, the seconds from the first
upload to the end of the last run, and one checksum of the warehouse, which has to be the same each time. On a machine
whose processors are busy with one of each already, more of them are no faster: it is the checksum that counts.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from pathlib import Path

from tests.acceptance import compose_home
from tests.conftest import ONLINE_RETAIL


def main() -> None:
    """Print a line for each number of instances; exit code 1 where the warehouses differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--instances", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--profiles", nargs="+", choices=("gcp", "aws"), default=["gcp", "aws"])
    options = parser.parse_args()
    days = sorted(ONLINE_RETAIL.glob("*.csv"))[: options.days]
    sums = set()
    for profile in options.profiles:
        for instances in options.instances:
            seconds, took_part, checksum = measured(profile, instances, days)
            sys.stdout.write(f"{profile}\t{instances} of each, {took_part} took part\t{seconds:.0f} s\t{checksum}\n")
            sys.stdout.flush()
            sums.add(checksum)
    sys.exit(len(sums) != 1)


def measured(profile: str, instances: int, days: list[Path]) -> tuple[float, int, str]:
    """The seconds that the files took, how many instances of `load` took part, and a checksum of the warehouse."""
    with compose_home.project_up(profile, instances) as (project, home):
        began = time.monotonic()
        uploads = [home.upload(compose_home.retail_name(day), day.read_bytes()) for day in days]
        runs = home.finished(*uploads)
        seconds = time.monotonic() - began
        if failed := [run["reason"] for run in runs if run["status"] != "SUCCESS"]:
            raise RuntimeError("; ".join(failed))
        service = "load" if profile == "gcp" else "aws-load"
        checksum = hashlib.sha256(repr(sorted(home.checksums().items())).encode()).hexdigest()[:16]
        return seconds, len(compose_home.instances_that_worked(project, service)), checksum


if __name__ == "__main__":
    main()
