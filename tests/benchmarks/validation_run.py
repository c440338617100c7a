"""Validates one file on a running stack, and prints seconds, peak memory in MB and the rows that were rejected."""

from __future__ import annotations

import sys
import time
import uuid
from pathlib import Path

import psutil

from functions.events import ObjectEvent
from local.home import Home
from tests.benchmarks.processes_used import peak_mib
from tests.pipeline import Pipeline


def main(home: Home, path: Path) -> None:
    """Upload the file to a warehouse of its own and have it validated."""
    with Pipeline.made(home, f"bench_{uuid.uuid4().hex[:12]}") as pipeline:
        blob = pipeline.client.bucket(f"{pipeline.name}-raw").blob(f"sales/{path.name}")
        blob.upload_from_filename(path)
        upload = ObjectEvent(blob.bucket.name, blob.name, int(blob.generation), blob.time_created, path.stat().st_size)
        began = time.perf_counter()
        pipeline.deliver("validate", upload)
        seconds = time.perf_counter() - began
        peak = peak_mib(psutil.Process())
        print(f"{seconds:.3f}", peak, pipeline.run(upload)["rows_rejected"])  # noqa: T201


if __name__ == "__main__":
    main(Home(Path(sys.argv[1]), int(sys.argv[2])), Path(sys.argv[3]))
