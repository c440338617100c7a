"""`make bench-memory`: the peak memory of each stage, which must not grow with the file.

Each stage handles all of a file's events in a process of its own, with the environment, the storage and the database of
a running stack. Exit code 1 where a stage needs more than a tenth more for a larger file, or half a GiB.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from functions.settings import variable
from local.home import Home
from local.stack import function_environment
from tests.benchmarks import sales_file
from tests.pipeline import ROLES, Pipeline
from tests.running_stack import started

STAGES = ("validate", "score", "transform", "load")
MOST_MIB, MOST_GROWTH = 512, 1.1


def main(
    rows: Annotated[list[int], typer.Option(help="Rows of a file; give it again for more.")] = [1_000_000, 10_000_000],  # noqa: B006
    ndjson: Annotated[bool, typer.Option(help="NDJSON instead of CSV; only validate sees a difference.")] = False,
    packed: Annotated[
        bool, typer.Option("--gzip", help="Packed: the emulator holds an upload in memory 6 times.")
    ] = False,
) -> None:
    """Print seconds and peak memory of each stage; exit code 1 where memory grows, or is too much."""
    peaks: dict[str, list[int]] = {stage: [] for stage in STAGES}
    with tempfile.TemporaryDirectory() as folder, started(Path(folder, "stack")) as stack:
        for size in rows:
            path = Path(folder, f"{size}.{'ndjson' if ndjson else 'csv'}")
            (sales_file.write_ndjson if ndjson else sales_file.write_csv)(path, sales_file.sales(size))
            path = in_gzip(path) if packed else path
            for stage, seconds, peak in measured(stack.home, path):
                typer.echo(f"{size:,} rows as {path.name.split('.', 1)[1]}: {stage} {seconds:.1f} s, peak {peak:,} MiB")
                peaks[stage].append(peak)
            path.unlink()
    is_much = any(max(found) >= MOST_MIB or max(found) > MOST_GROWTH * found[0] for found in peaks.values())
    raise typer.Exit(is_much)


def in_gzip(path: Path) -> Path:
    """The file as a gzip file in its place."""
    packed = path.with_name(f"{path.name}.gz")
    with path.open("rb") as plain, gzip.open(packed, "wb", compresslevel=1) as into:
        shutil.copyfileobj(plain, into)
    path.unlink()
    return packed


def measured(home: Home, path: Path) -> Iterator[tuple[str, float, int]]:
    """Each stage with its seconds and its peak."""
    with Pipeline.made(home, f"bench_{uuid.uuid4().hex[:12]}") as pipeline:
        pipeline.client.bucket(f"{pipeline.name}-raw").blob(f"sales/{path.name}").upload_from_filename(path)
        for stage in STAGES:
            settings = {variable(name): str(value) for name, value in asdict(pipeline.settings(ROLES[stage])).items()}
            done = subprocess.run(
                [sys.executable, "-m", "tests.benchmarks.memory_run", stage],
                env={**os.environ, **function_environment(home, stage), **settings, "ECO_LOG_LEVEL": "WARNING"},
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
            seconds, peak = done.stdout.splitlines()[-1].split()
            yield stage, float(seconds), int(peak)


if __name__ == "__main__":
    typer.run(main)
