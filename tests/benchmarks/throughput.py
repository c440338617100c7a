"""`make bench`: from upload to queryable rows, beside the database's own limit and other tools, all in one run.

The same seeded rows go into the same PostgreSQL each time. Ours is a stack as `python -m local up` starts it, warm,
with everything on: validation, scoring, history lookup, deduplication. What counts are the ratios: medians of several
rounds in which all take turns. Written as Markdown and as JSON.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import Annotated, Any

import typer

from local.terminal import console, errors
from tests.benchmarks import sales_file
from tests.benchmarks.contestants import FACTS, RIVALS, Contest
from tests.benchmarks.processes_used import Used
from tests.benchmarks.report import Report
from tests.conftest import ONLINE_RETAIL
from tests.running_stack import started

COPY = "psql \\copy of the finished rows"
OURS = "ours, upload to visible"
WARM_UP_ROWS = 1_000_000  # so many that PostgreSQL's log, too, is written over segments that are there
SMALL_ROWS, BURST_FILES, BURST_ROWS = 1_000, 305, 1_700
DAY_ROWS, DAY_FILES = 10_000, 25
FILE_ROWS = 5_000_000  # more rows come as several files


def main(
    rows: Annotated[list[int], typer.Option(help="Rows of the file; give it again for more sizes.")] = [1_000_000],  # noqa: B006
    rounds: Annotated[int, typer.Option(min=1, help="How often all take turns.")] = 3,
    small_files: Annotated[int, typer.Option(help="Files of 1,000 rows, one after the other; 0 for none.")] = 100,
    burst: Annotated[bool, typer.Option(help="305 files of a day at once: Online Retail where it is there.")] = True,
    rivals: Annotated[bool, typer.Option(help="Let the other tools take part.")] = True,
    copy: Annotated[bool, typer.Option(help="Let COPY take part.")] = True,
    rival_python: Annotated[Path, typer.Option(help="The interpreter that has them.")] = Path(".venv-dlt/bin/python"),
    ndjson: Annotated[bool, typer.Option(help="Upload NDJSON instead of CSV, without the other tools.")] = False,
    into: Annotated[Path, typer.Option(help="Folder of the report.")] = Path("build/benchmarks"),
) -> None:
    """Measure, print the tables, and write them as throughput.md and throughput.json."""
    report = Report()
    with tempfile.TemporaryDirectory(prefix="eco-benchmark-") as name, started(Path(name)) as stack:
        folder = Path(name)
        contest = Contest(stack, rival_python.absolute())
        prepare(contest, folder)
        others = [COPY] * copy + [*RIVALS] * (rivals and not ndjson)
        for size in rows:
            compare(contest, folder, size, rounds, others, report, ndjson)
        if small_files:
            took = one_by_one(contest, folder, "small", SMALL_ROWS, small_files)
            p99 = quantiles(took, n=100)[-1] if small_files > 1 else took[0]
            row = {"files": small_files, "p50 ms": median(took), "p99 ms": p99}
            report.add(f"Files of {SMALL_ROWS:,} rows, one after the other", [row])
        if burst:
            report.add("A burst of files, a day each", [at_once(contest, folder)])
    report.write(into, "throughput")
    console.print(report.markdown(), markup=False, highlight=False)


def prepare(contest: Contest, folder: Path) -> None:
    """Load products and customers, and let every function handle a file, so that all are warm."""
    products, customers, sales = folder / "products.csv", folder / "customers.csv", folder / "warm.csv"
    products.write_text(sales_file.products(), encoding="utf-8")
    customers.write_text(sales_file.customers(), encoding="utf-8")
    sales_file.write_csv(sales, sales_file.sales(WARM_UP_ROWS))
    with errors.status("loading products and customers"):
        contest.burst({"products/all.csv": products, "customers/all.csv": customers})
        contest.burst({"sales/warm.csv": sales})
    contest.make_copy_database()


def compare(
    contest: Contest, folder: Path, rows: int, rounds: int, others: list[str], report: Report, ndjson: bool
) -> None:
    """Let all take turns with a file of that size; adds the tables of it to the report."""
    files = written(folder, rows, ndjson)
    others = others if len(files) == 1 else [how for how in others if how == COPY]
    contest.execute(f"TRUNCATE {FACTS}")
    contest.settle()
    into_none = median(one_by_one(contest, folder, f"first-{rows}", DAY_ROWS, DAY_FILES))
    seconds: dict[str, list[float]] = {what: [] for what in (OURS, *others)}
    used = []
    for turn in range(rounds):
        with errors.status(f"{rows:,} rows, round {turn + 1} of {rounds}"):
            took, usage = contest.ours({f"sales/{turn}/{file.name}": file for file in files})
            used.append(usage)
            seconds[OURS].append(took)
            for how in others:
                is_copy = how == COPY
                other = contest.copied(contest.finished_rows(folder)) if is_copy else contest.rival(how, files[0], rows)
                seconds[how].append(other)
    what = f"{rows:,} rows in {len(files)} {files[0].suffix[1:]} files, {rounds} rounds"
    report.add(what, list(ratios(seconds, rows)))
    report.add(f"Ours by process, {rows:,} rows", list(by_process(used, rows)))
    for file in files:
        file.unlink()
    contest.settle()
    into_all = median(one_by_one(contest, folder, f"then-{rows}", DAY_ROWS, DAY_FILES))
    report.add(
        f"A day's file of {DAY_ROWS:,} rows before and after {rows:,}, median of {DAY_FILES}",
        [{"into no sales, ms": into_none, "into them, ms": into_all, "ratio": into_all / into_none}],
    )


def written(folder: Path, rows: int, ndjson: bool) -> list[Path]:
    """The rows as files of at most FILE_ROWS each, in the order of their time."""
    files: list[Path] = []
    tables = sales_file.sales(rows)
    while chunk := list(islice(tables, FILE_ROWS // sales_file.CHUNK_ROWS)):
        files.append(folder / f"{rows}-{len(files)}.{'ndjson' if ndjson else 'csv'}")
        (sales_file.write_ndjson if ndjson else sales_file.write_csv)(files[-1], iter(chunk))
    return files


def ratios(seconds: dict[str, list[float]], rows: int) -> Iterator[dict[str, Any]]:
    """Medians, beside that of COPY, where it took part, and that of ours in the same round."""
    for what, took in seconds.items():
        beside = {
            f"times {name}": median(a / b for a, b in zip(took, seconds[other], strict=True))
            for name, other in (("COPY", COPY), ("ours", OURS))
            if other in seconds
        }
        yield {"what": what, "seconds": median(took), "rows/s": round(rows / median(took)), **beside}


def by_process(used: list[Used], rows: int) -> Iterator[dict[str, Any]]:
    """Where the processors' time goes, and the memory of each function."""
    for name in used[0].cpu_seconds:
        seconds = median(usage.cpu_seconds[name] for usage in used)
        yield {
            "process": name,
            "CPU s": seconds,
            "CPU s per million rows": seconds / rows * 1e6,
            "peak MiB": max((usage.peak_mib[name] for usage in used if name in usage.peak_mib), default=0) or "",
        }


def one_by_one(contest: Contest, folder: Path, name: str, rows: int, files: int) -> list[float]:
    """Milliseconds of each of so many files of a day, each uploaded when the one before is visible."""
    took = []
    for number in range(files):
        file = folder / "day.csv"
        day = sales_file.FIRST_DAY + timedelta(days=number * 37 % sales_file.DAYS)
        sales_file.write_csv(file, sales_file.sales(rows, day, 1, f"{name}-{number}-"))
        took.append(1000 * contest.burst({f"sales/{name}-{number}.csv": file}))
    return took


def at_once(contest: Contest, folder: Path) -> dict[str, Any]:
    """All files of Online Retail at once, or as many made ones."""
    files = {f"sales/online-retail/{file.name}": file for file in sorted(ONLINE_RETAIL.glob("*.csv"))}
    if not files:
        files = dict(_made_days(folder))
    rows = sum(sum(1 for _ in file.open("rb")) - 1 for file in files.values())
    seconds = contest.burst(files)
    return {"files": len(files), "rows": rows, "seconds": seconds, "rows/s": round(rows / seconds)}


def _made_days(folder: Path) -> Iterator[tuple[str, Path]]:
    for number in range(BURST_FILES):
        file = folder / f"day-{number}.csv"
        day = sales_file.FIRST_DAY + timedelta(days=number)
        sales_file.write_csv(file, sales_file.sales(BURST_ROWS, day, 1, f"D{number}-"))
        yield f"sales/{file.name}", file


if __name__ == "__main__":
    typer.run(main)
