"""What rejected rows cost: `python -m tests.benchmarks.validation`, which `make bench-validate` runs.

Validates a CSV of a million sales without a rejected row and one with 5 % of them on a stack of its own: the function's
own handler, with the real storage and the real database. Each run is a process of its own, and both files take turns.
Prints the time and the peak memory of each and the ratio of the best times; exit code 1 where rejection costs more than
twice.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from local.home import Home
from tests.running_stack import started

HEADER = "order_id,line_no,sale_timestamp,product_id,customer_id,quantity,unit_price,discount_rate,currency,country\n"
FAULTS = ("two", "", "1.5", "99999999")
MOST = 2.0

Figures = tuple[float, int, int]


def main(
    rows: Annotated[int, typer.Option(help="Rows in each file.")] = 1_000_000,
    rejected: Annotated[float, typer.Option(help="Share of rows that are rejected in the second file.")] = 0.05,
    rounds: Annotated[int, typer.Option(help="How often each file is validated.")] = 3,
) -> None:
    """Print what the rejected rows cost; exit code 1 where it is more than twice."""
    with tempfile.TemporaryDirectory() as folder, started(Path(folder, "stack")) as stack:
        files = {share: Path(folder, f"{share}.csv") for share in (0.0, rejected)}
        for share, path in files.items():
            write(path, rows, share)
        measured: dict[float, list[Figures]] = {share: [] for share in files}
        for _ in range(rounds):
            for share, path in files.items():
                measured[share].append(in_a_process(stack.home, path))
    raise typer.Exit(report(measured) > MOST)


def write(path: Path, rows: int, rejected: float) -> None:
    """A file of sales, of which as many as that have a quantity that is none, evenly spread."""
    every = round(1 / rejected) if rejected else 0
    with path.open("w") as file:
        file.write(HEADER)
        for row in range(1, rows + 1):
            quantity = FAULTS[row // every % len(FAULTS)] if every and row % every == 0 else str(row % 12 + 1)
            file.write(
                f"B{row // 4},{row % 4 + 1},2026-01-{row % 28 + 1:02} 10:{row % 60:02}:00,P{row % 500},C{row % 9000},"
                f"{quantity},{row % 100}.{row % 10}9,,GBP,France\n"
            )


def in_a_process(home: Home, path: Path) -> Figures:
    """Validate a file in a fresh process and an empty warehouse."""
    command = [
        sys.executable,
        "-m",
        "tests.benchmarks.validation_run",
        str(home.path),
        str(home.port_offset),
        str(path),
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, peak, rejected = done.stdout.split()
    return float(seconds), int(peak), int(rejected)


def report(measured: dict[float, list[Figures]]) -> float:
    """Print the figures; returns how many times longer the file with rejected rows takes."""
    best = {share: min(seconds for seconds, _, _ in figures) for share, figures in measured.items()}
    for share, figures in measured.items():
        peak = max(peak for _, peak, _ in figures)
        typer.echo(f"{share:.0%} rejected: {figures[0][2]:,} rows, {best[share]:.2f} s, peak {peak:,} MB")
    clean, dirty = best.values()
    typer.echo(f"ratio {dirty / clean:.2f}, at most {MOST}")
    return dirty / clean


if __name__ == "__main__":
    typer.run(main)
