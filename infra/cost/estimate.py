"""`make cost`: what a month costs on each cloud for 1, 100 and 1,000 GB of uploads, as a Markdown table.

Computed from measured.json (what the functions take per gigabyte) and prices.json (list prices, each with its source).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
VOLUMES = (1, 100, 1000)  # gigabytes a month
MEMORY = {"validate": 2.0, "score": 3.0, "transform": 2.0, "load": 2.0}  # gigabytes, as in infra/aws; 2 on Google Cloud
WAITING = 2.0  # wall seconds to a processor second: waiting for buckets and database is billed as well
FILE_GIGABYTES = 0.05  # uploads of 50 MB
PARTS_PER_GIGABYTE = 120  # of 100,000 rows
STORED = 1.6 * 6  # gigabytes in all buckets for each uploaded in a month: the average of the first year
TICKS = 30 * 24 * 12
TICK_SECONDS = 5.0


def usage(measured: dict[str, Any], gigabytes: float) -> dict[str, float]:
    """Billed seconds, gigabyte-seconds and events of a month."""
    seconds = {
        stage: per_gigabyte * gigabytes * WAITING
        for stage, per_gigabyte in measured["processor_seconds_per_gigabyte"].items()
    }
    maintain = TICKS * TICK_SECONDS
    return {
        "seconds": sum(seconds.values()) + maintain,
        "gb_seconds_aws": sum(MEMORY[stage] * value for stage, value in seconds.items()) + 2 * maintain,
        "gb_seconds_gcp": 2 * (sum(seconds.values()) + maintain),
        "events": gigabytes / FILE_GIGABYTES + 3 * PARTS_PER_GIGABYTE * gigabytes + TICKS,
        "stored": gigabytes * STORED,
    }


def aws(used: dict[str, float], price: dict[str, float]) -> tuple[float, float, float]:
    """Dollars a month for functions, storage and what is there in any case."""
    functions = used["gb_seconds_aws"] * price["lambda_gb_second"] + used["events"] * price["lambda_request"]
    return functions, used["stored"] * price["s3_gb_month"], price["fixed_aws"]


def gcp(used: dict[str, float], price: dict[str, float]) -> tuple[float, float, float]:
    """The same on Google Cloud."""
    functions = used["seconds"] * price["run_vcpu_second"] + used["gb_seconds_gcp"] * price["run_gib_second"]
    functions += used["events"] * price["run_request"]
    return functions, used["stored"] * price["gcs_gb_month"], price["fixed_gcp"]


def fixed(items: list[dict[str, Any]]) -> float:
    """What is there in any case: the database, its pooler, endpoints, secrets, alarms."""
    return sum(item["dollars"] * item["count"] * item["hours"] for item in items)


def main() -> None:
    """Print the table."""
    measured = json.loads((FOLDER / "measured.json").read_text())
    listed = json.loads((FOLDER / "prices.json").read_text())
    price = {name: item["dollars"] for name, item in listed["per_use"].items()}
    price |= {f"fixed_{cloud}": fixed(items) for cloud, items in listed["fixed"].items()}
    sys.stdout.write("| GB a month | cloud | functions | storage | database and other fixed | together |\n")
    sys.stdout.write("| ---: | --- | ---: | ---: | ---: | ---: |\n")
    for gigabytes in VOLUMES:
        used = usage(measured, gigabytes)
        for cloud, dollars in (("AWS", aws(used, price)), ("Google Cloud", gcp(used, price))):
            row = " | ".join(f"${value:,.0f}" for value in (*dollars, sum(dollars)))
            sys.stdout.write(f"| {gigabytes:,} | {cloud} | {row} |\n")


if __name__ == "__main__":
    main()
