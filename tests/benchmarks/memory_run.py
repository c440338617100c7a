"""Handles all events that wait for one stage, one by one, and prints the seconds and the peak memory in MiB."""

from __future__ import annotations

import sys
import time

import psutil

from functions import main as _served  # noqa: F401 # what serves a function is in its memory too
from functions.runtime import ready, run_stage
from tests.benchmarks.processes_used import peak_mib

BUCKETS = {
    "validate": "bucket_raw",
    "score": "bucket_validated",
    "transform": "bucket_scored",
    "load": "bucket_curated",
}


def main(stage: str) -> None:
    """Read the settings of the stage from the environment, as it does where it is served."""
    handle, on = ready(stage)
    began = time.perf_counter()
    for event in on.store.list(getattr(on.settings, BUCKETS[stage])):
        run_stage(stage, event, handle, on)
    seconds = time.perf_counter() - began
    print(f"{seconds:.3f}", peak_mib(psutil.Process()))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
