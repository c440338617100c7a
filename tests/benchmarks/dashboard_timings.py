"""Times every page of the dashboard on a large warehouse: its queries, and when a browser shows the first figures.

    make bench-dashboard
    make bench-dashboard OPTIONS="--home FOLDER"    keeps the warehouse there, and times it again without filling it

The queries are those that the pages run, with the parameters that they run them with. Their time is PostgreSQL's own
(EXPLAIN ANALYZE, executed three times, the median), as eco_reader through PgBouncer.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import sqlalchemy
import streamlit as st
import typer
from playwright.sync_api import BrowserContext
from rich.table import Table
from streamlit.testing.v1 import AppTest

from dashboard import queries
from dashboard.usual import WEEKS_AROUND
from functions.sql import query
from local import stack
from local.home import DATABASE, REPOSITORY, Home
from local.processes import Process
from local.terminal import console, errors
from tests.benchmarks.big_warehouse import BigWarehouse, month, running, server
from tests.benchmarks.plans import MEASURED
from tests.benchmarks.query_timings import filled
from tests.dashboard import browser
from tests.dashboard.browser import PATHS

QUERY_MS, MONTH_QUERY_MS, PAINT_MS = 250.0, 100.0, 1500.0
TIMES, PAINTS = 3, 3
PAGE = "from dashboard.views import {0}\n{0}.page()"
FILES = ("runs", "run_parts", "run_quality", "quality_log")
EXECUTED_BY_ITSELF = "explain_month"
ALONE = "Streamlit alone, with one figure"
# Notes in the page itself when the frame with the figures has been painted: to ask from outside takes until a page that
# goes on drawing has time to answer.
NOTE_PAINT = """
const look = () => {
    const figures = document.querySelector("[data-testid=TEST_ID]");
    const isDrawn = figures !== null && figures.getBoundingClientRect().height > 0;
    requestAnimationFrame(isDrawn ? () => { window.painted = performance.now(); } : look);
};
requestAnimationFrame(look);
"""
FIRST_FIGURES = {"upload": "stFileUploader"}  # it has no figures before it is given a file; all others have metrics


@dataclass(frozen=True)
class Measured:
    """One query of a page: its name, PostgreSQL's time for it in milliseconds, the most that it may take, its plan."""

    view: str
    name: str
    milliseconds: float
    most: float
    plan: str

    @property
    def is_met(self) -> bool:
        return self.milliseconds <= self.most


@dataclass(frozen=True)
class Paint:
    """A page in a browser: when the first figures are there, and when all is drawn, in milliseconds."""

    page: str
    is_known: bool
    first: float
    whole: float

    @property
    def is_met(self) -> bool:
        return self.first <= PAINT_MS


def views(months: int) -> list[tuple[str, str, dict[str, Any], float]]:
    """What is looked at: a name, a page, what stands in its URL, and how long a query of it may take."""
    one = month(months // 2)
    last = month(months // 2 + 1) - timedelta(days=1)
    days = [f"{one:%Y-%m-%d}", f"{last:%Y-%m-%d}"]
    few = [f"{one.replace(day=2):%Y-%m-%d}", days[1]]  # no whole month
    return [
        *((f"{path}, as it opens", path, {}, QUERY_MS) for path in PATHS),
        ("sales, 12 months", "sales", {"period": "12 months"}, QUERY_MS),
        ("sales, all", "sales", {"period": "All"}, QUERY_MS),
        ("overview, all", "overview", {"period": "All"}, QUERY_MS),
        ("sales, a month", "sales", {"period": "Custom", "days": days}, MONTH_QUERY_MS),
        (
            "sales, a month of a country",
            "sales",
            {"period": "Custom", "days": days, "country": "France"},
            MONTH_QUERY_MS,
        ),
        (
            "sales, nearly a month of a country",
            "sales",
            {"period": "Custom", "days": few, "country": "France"},
            QUERY_MS,
        ),
        ("sales, 12 months of a country", "sales", {"period": "12 months", "country": "France"}, QUERY_MS),
        ("sales, all of a country", "sales", {"period": "All", "country": "France"}, QUERY_MS),
        ("quality, all", "quality", {"period": "All"}, QUERY_MS),
        ("quality, a month", "quality", {"period": "30 days"}, MONTH_QUERY_MS),
        ("review, all that were dismissed", "review", {"state": "dismissed", "reason": "usual"}, QUERY_MS),
        ("sales, as it opens, of a country", "sales", {"country": "France"}, QUERY_MS),
    ]


@contextlib.contextmanager
def recorded() -> Iterator[dict[str, dict[str, Any]]]:
    """The queries that the pages run inside the block, each with its parameters."""
    seen: dict[str, dict[str, Any]] = {}
    read = queries.read

    def noted(name: str, **parameters: Any) -> Any:
        seen[name] = parameters
        return read(name, **parameters)

    queries.read = noted
    try:
        yield seen
    finally:
        queries.read = read


def measured(engine: sqlalchemy.Engine, months: int) -> list[Measured]:
    """Every query of every view."""
    found = []
    for view, path, parameters, most in views(months):
        st.cache_data.clear()
        page = AppTest.from_string(PAGE.format(path), default_timeout=300)
        for key, value in parameters.items():
            page.query_params[key] = value
        with recorded() as seen:
            page.run()
            if path == "review":
                sold = month(months // 2)
                queries.usual_range("P00001", "EUR", sold - WEEKS_AROUND, sold + WEEKS_AROUND)
        assert not page.exception, page.exception
        assert not page.error, page.error
        found += [
            _measure(engine, view, name, values, most) for name, values in seen.items() if name != EXECUTED_BY_ITSELF
        ]
    return found


def _measure(engine: sqlalchemy.Engine, view: str, name: str, parameters: dict[str, Any], most: float) -> Measured:
    explain = MEASURED.replace(", FORMAT JSON", "") + query(f"dashboard/{name}")
    taken = []
    for _ in range(TIMES):
        with engine.begin() as connection:
            plan = [str(row[0]) for row in connection.execute(sqlalchemy.text(explain), parameters)]
        taken.append(sum(float(line.split()[2]) for line in plan if line.endswith(" ms") and "Time: " in line))
    return Measured(view, name, median(taken), most, "\n".join(plan))


def alone(dashboard: Process) -> Process:
    """The dashboard's process with an app of a single figure."""
    app = str(REPOSITORY / "tests" / "benchmarks" / "one_figure.py")
    command = tuple(app if word == "dashboard/app.py" else word for word in dashboard.command)
    return replace(dashboard, command=command)


def paints(home: Home, paths: tuple[str, ...] = PATHS) -> list[Paint]:
    """Of each page, how long a browser takes that was never here, and one that has Streamlit's files already."""
    taken: dict[tuple[str, bool], list[tuple[float, float]]] = {}
    with browser.launched() as chromium:
        for _ in range(PAINTS + 1):
            # Not as the tests open pages: they answer for the server, which takes its time.
            contexts = {path: browser.new_context(chromium) for path in paths}
            for is_known in (False, True):
                for path, context in contexts.items():
                    taken.setdefault((path, is_known), []).append(_painted(context, home, path))
                time.sleep(queries.KEEP_SALES_SECONDS)  # nothing of these visits answers the next ones
            for context in contexts.values():
                context.close()
    # The first round is the server's warm-up.
    return [
        Paint(path, is_known, median(first for first, _ in times[1:]), median(whole for _, whole in times[1:]))
        for (path, is_known), times in taken.items()
    ]


def _painted(context: BrowserContext, home: Home, path: str) -> tuple[float, float]:
    """The first figures, and all, in milliseconds since the page was asked for."""
    page = context.new_page()
    page.add_init_script(NOTE_PAINT.replace("TEST_ID", FIRST_FIGURES.get(path, "stMetricValue")))
    page.goto(browser.url(home.url("dashboard"), path), timeout=browser.PATIENCE)
    page.wait_for_function("window.painted", timeout=browser.PATIENCE)
    browser.settled(page)
    whole = float(page.evaluate("performance.now()"))
    first = float(page.evaluate("window.painted"))
    page.close()
    return first, whole


def query_table(found: list[Measured]) -> Table:
    shown = Table("view", "query", title="queries: planning and execution, medians in ms")
    for heading in ("ms", "target"):
        shown.add_column(heading, justify="right")
    shown.add_column("")
    for each in found:
        verdict = "met" if each.is_met else "MISSED"
        shown.add_row(each.view, each.name, f"{each.milliseconds:.1f}", f"{each.most:.0f}", verdict)
    return shown


def paint_table(taken: list[Paint]) -> Table:
    shown = Table("page", "browser", title="in a browser: medians in ms")
    for heading in ("first figures", "target", "all drawn"):
        shown.add_column(heading, justify="right")
    shown.add_column("")
    for each in taken:
        visit = "was here before" if each.is_known else "never here"
        target = ("", "") if each.page == ALONE else (f"{PAINT_MS:,.0f}", "met" if each.is_met else "MISSED")
        shown.add_row(each.page, visit, f"{each.first:,.0f}", target[0], f"{each.whole:,.0f}", target[1])
    return shown


def timed(home: Home, rows: int, months: int) -> bool:
    """Fill, time and report; whether every target is met."""
    warehouse = BigWarehouse(home, DATABASE)
    if not warehouse.lines:
        filled(warehouse, rows, months, is_there=True)
        for name in FILES:
            warehouse.run(name)
    warehouse.run_text("VACUUM (ANALYZE)")
    dashboard = next(process for process in stack.then(home) if process.name == "dashboard")
    os.environ.update(dashboard.environment)
    with errors.status("timing"):
        engine = warehouse.reader()
        found = measured(engine, months)
        engine.dispose()
    console.print(query_table(found))
    slowest = max(found, key=lambda each: each.milliseconds)
    console.print(f"The slowest, {slowest.name} ({slowest.view}):", slowest.plan, sep="\n", markup=False)
    with errors.status("timing"), running(dashboard, home):
        painted = paints(home)
    console.print(paint_table(painted))
    with errors.status("timing Streamlit alone"), running(alone(dashboard), home):
        least = [replace(each, page=ALONE) for each in paints(home, PATHS[:1])]
    console.print(paint_table(least))
    return all(each.is_met for each in found) and all(each.is_met for each in painted)


def main(
    rows: Annotated[int, typer.Option(min=100_000, help="Sale lines in the warehouse.")] = 10_000_000,
    months: Annotated[int, typer.Option(min=12, max=119, help="Months, each with a partition.")] = 36,
    home: Annotated[
        Path | None, typer.Option(help="A folder that keeps the warehouse; delete it where a filling was cut short.")
    ] = None,
) -> None:
    """Fill a warehouse of its own, time the dashboard on it, and end with 1 where a target is missed."""
    with contextlib.ExitStack() as ends:
        folder = home or Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="eco-benchmark-")))
        folder.mkdir(parents=True, exist_ok=True)
        is_met = timed(ends.enter_context(server(folder)), rows, months)
    if not is_met:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
