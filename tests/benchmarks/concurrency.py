"""`make bench-concurrency`: loads at once, of files that share no day and of files of the same days.

The parts lie ready in the curated bucket; timed is their loading alone, by 1, 2, 4 and 8 at once through PgBouncer,
each a process, as instances of a function are. All files sell the same products. After each turn every row is in, and
no load was refused.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import tempfile
import time
from concurrent.futures import Executor, ProcessPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import typer

from functions.events import ObjectEvent
from local.home import Home
from local.terminal import console, errors
from tests.benchmarks import sales_file
from tests.benchmarks.report import Report
from tests.pipeline import HANDLERS, Pipeline, superuser
from tests.running_stack import started

FILES, DAYS_OF_FILE = 8, 30
LOADERS = (1, 2, 4, 8)
instance: Pipeline
NOT_LOADED = (
    "TRUNCATE eco.fact_sales, eco.sale_tombstone, eco.daily_sales, eco.daily_product_sales, eco.monthly_product_sales",
    "DELETE FROM eco.pipeline_part USING eco.pipeline_run AS run "
    "WHERE pipeline_part.run_id = run.run_id AND run.source = 'sales'",
    "UPDATE eco.pipeline_run "
    "SET status = 'RUNNING', finished_at = NULL, parts_loaded = 0, rows_loaded = 0, rows_held = 0 "
    "WHERE source = 'sales'",
    "CHECKPOINT",
)
DUE = (
    "SELECT sum(rows_loaded) AS loaded, sum(rows_read - rows_held) AS due FROM eco.pipeline_run WHERE source = 'sales'"
)


def main(
    rows: Annotated[int, typer.Option(min=100, help="Rows of each of the eight files.")] = 50_000,
    rounds: Annotated[int, typer.Option(min=1, help="How often each number of loaders takes its turn.")] = 3,
    into: Annotated[Path, typer.Option(help="Folder of the report.")] = Path("build/benchmarks"),
) -> None:
    """Measure, print the table, and write it as concurrency.md and concurrency.json."""
    report = Report()
    with tempfile.TemporaryDirectory(prefix="eco-benchmark-") as name, started(Path(name)) as stack:
        for what, days_apart in (("files that share no day", DAYS_OF_FILE), ("files of the same days", 0)):
            with Pipeline.made(stack.home, f"bench_{days_apart}") as pipeline:
                loads = ready(pipeline, rows, days_apart)
                report.add(f"{what}, {FILES} x {rows:,} rows", list(measured(pipeline, loads, FILES * rows, rounds)))
    report.write(into, "concurrency")
    console.print(report.markdown(), markup=False, highlight=False)


def ready(pipeline: Pipeline, rows: int, days_apart: int) -> list[ObjectEvent]:
    """Upload the files and bring them as far as the curated bucket; returns the parts that are due to be loaded."""
    pipeline.process(pipeline.upload("products/all.csv", sales_file.products()))
    pipeline.process(pipeline.upload("customers/all.csv", sales_file.customers()))
    loads = []
    for number in range(FILES):
        with errors.status(f"file {number + 1} of {FILES}"), tempfile.TemporaryDirectory() as folder:
            first_day: datetime = sales_file.FIRST_DAY + timedelta(days=number * days_apart)
            file = Path(folder) / "sales.csv"
            sales_file.write_csv(file, sales_file.sales(rows, first_day, DAYS_OF_FILE, f"C{number}-"))
            upload = pipeline.upload(f"sales/{number}.csv", file.read_bytes())
            for stage in HANDLERS:
                due = pipeline.parts(stage, upload)
                if stage == "load":
                    loads += due
                    break
                for event in due:
                    pipeline.deliver(stage, event)
    return loads


def measured(pipeline: Pipeline, loads: list[ObjectEvent], rows: int, rounds: int) -> list[dict[str, Any]]:
    """Rows a second with each number of loaders, medians of rounds in which all take turns."""
    seconds: dict[int, list[float]] = {loaders: [] for loaders in LOADERS}
    with contextlib.ExitStack() as open_pools:
        pools = {loaders: open_pools.enter_context(instances(pipeline, loaders)) for loaders in LOADERS}
        for pool in pools.values():
            loaded(pipeline, loads, pool)  # partitions are made, connections are open
        for _ in range(rounds):
            for loaders, pool in pools.items():
                seconds[loaders].append(loaded(pipeline, loads, pool))
    return [
        {
            "loaders": loaders,
            "rows/s": round(rows / median(took)),
            "times one loader": median(one / each for one, each in zip(seconds[1], took, strict=True)),
        }
        for loaders, took in seconds.items()
    ]


def instances(pipeline: Pipeline, loaders: int) -> ProcessPoolExecutor:
    """So many processes that load, each with connections of its own."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(loaders, context, _become_instance, (pipeline.home, pipeline.name))


def _become_instance(home: Home, name: str) -> None:
    global instance  # of a process there is one
    instance = Pipeline(home, name)


def _load(event: ObjectEvent) -> None:
    instance.deliver("load", event)


def loaded(pipeline: Pipeline, loads: list[ObjectEvent], pool: Executor) -> float:
    """Seconds in which a pool loads all parts; an error of any is raised, and each row is there once."""
    with contextlib.closing(superuser(pipeline.home, pipeline.name)) as connection:
        for statement in NOT_LOADED:
            connection.run(statement)
    began = time.perf_counter()
    list(pool.map(_load, loads))
    seconds = time.perf_counter() - began
    entered = pipeline.rows(DUE)[0]
    there = pipeline.value("SELECT count(*) FROM eco.fact_sales")
    assert entered["loaded"] == entered["due"] == there, f"{there:,} rows are there: {entered}"
    return seconds


if __name__ == "__main__":
    typer.run(main)
