"""Times the queries that must prune: a month's revenue, and an order's lines by its id and UTC day.

    make bench-queries

Every time is PostgreSQL's own (EXPLAIN ANALYZE), in milliseconds, and a median over different months or orders. Each
statement is a transaction as eco_reader through PgBouncer; two go past it: the first statement of a fresh connection,
since PgBouncer would hand out a server process that is warm already, and one prepared in its connection.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import Annotated, Any

import sqlalchemy
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from local.home import Home
from local.terminal import console, errors
from tests.benchmarks.big_warehouse import BigWarehouse, month, server
from tests.benchmarks.plans import Plan, measured, measured_prepared, prepare, statement

ORDER_OF_DAY_TARGET_MS, ORDER_TARGET_MS, MONTH_TARGET_MS = 0.063, 1.0, 150.0
ORDERS, FRESH_CONNECTIONS, WARM_UP = 300, 40, 50
# Planning is compared for these numbers of partitions and for that of the benchmark itself.
FEW_PARTITIONS, MANY_PARTITIONS = 12, (120, 240)
LINES_IN_SMALL_MONTH = 20_000
Parameters = dict[str, Any]


@dataclass(frozen=True)
class Result:
    """One line of the report: the plans of a query over its samples, and what is expected of them."""

    what: str
    plans: list[Plan]
    target: str = ""
    most_partitions: int | None = None
    most_execution_ms: float | None = None
    most_together_ms: float | None = None

    @property
    def planning_ms(self) -> float:
        return median(plan.planning_ms for plan in self.plans)

    @property
    def execution_ms(self) -> float:
        return median(plan.execution_ms for plan in self.plans)

    @property
    def slow_execution_ms(self) -> float:
        """One statement in twenty took longer."""
        return quantiles((plan.execution_ms for plan in self.plans), n=20)[-1]

    @property
    def together_ms(self) -> float:
        return median(plan.planning_ms + plan.execution_ms for plan in self.plans)

    @property
    def partitions(self) -> int:
        """The most partitions that one of the plans touches."""
        return max(len(plan.partitions) for plan in self.plans)

    @property
    def example(self) -> str:
        """The partitions of one plan, and how they are read."""
        names = self.plans[-1].partitions
        return f"{', '.join(self.plans[-1].scans)}: {names[0]}" + (f" to {names[-1]}" if len(names) > 1 else "")

    @property
    def is_met(self) -> bool:
        """Whether the plans keep what is expected of them."""
        return (
            (self.most_partitions is None or self.partitions <= self.most_partitions)
            and (self.most_execution_ms is None or self.execution_ms <= self.most_execution_ms)
            and (self.most_together_ms is None or self.together_ms <= self.most_together_ms)
        )


@dataclass
class Timings:
    """Times statements on one warehouse, each over orders that no statement has asked for before."""

    warehouse: BigWarehouse
    orders: Iterator[Parameters]
    engine: sqlalchemy.Engine = field(init=False)

    def __post_init__(self) -> None:
        self.engine = self.warehouse.reader()

    @classmethod
    def of(cls, warehouse: BigWarehouse, rows: int) -> Timings:
        """Choose as many orders as the whole benchmark asks for."""
        wanted = 14 * (WARM_UP + ORDERS) + 2 * (FRESH_CONNECTIONS + 1)
        engine = warehouse.reader()
        with engine.begin() as connection:
            chosen = connection.execute(
                sqlalchemy.text(statement("some_orders")),
                {"percentage": min(100, 300 * wanted / rows), "orders": wanted},
            )
            orders = [dict(order) for order in chosen.mappings()]
        engine.dispose()
        return cls(warehouse, iter(orders))

    def months(self, months: int) -> list[Plan]:
        """The revenue of every month, after a warm-up with all of them."""
        samples = [{"since": month(number), "until": month(number + 1)} for number in range(months)]
        return self._warm("month_revenue", samples * 2, len(samples))

    def months_by_product(self, months: int) -> list[Plan]:
        """What each product sold in every month, after a warm-up with all of them."""
        samples = [{"first_day": month(number).date(), "end_day": month(number + 1).date()} for number in range(months)]
        return self._warm("month_by_product", samples * 2, len(samples))

    def order(self, name: str) -> list[Plan]:
        """The lines of different orders over a warm connection, each asked for twice: the second time counts."""
        samples = self._next(WARM_UP + ORDERS)
        return [plan for sample in samples for plan in self._warm(name, [sample] * 2, 1)][WARM_UP:]

    def order_prepared(self) -> list[Plan]:
        """The same by a statement that was prepared in the connection."""
        engine = self.warehouse.reader("postgres")
        prepare(engine, "order_of_any_day", "order_id")
        samples = self._next(WARM_UP + ORDERS)
        plans = [
            [measured_prepared(engine, "order_of_any_day", sample["order_id"]) for _ in range(2)] for sample in samples
        ]
        engine.dispose()
        return [second for _, second in plans][WARM_UP:]

    def order_from_disk(self, name: str) -> list[Plan]:
        """The lines of different orders over a warm connection, whose pages nobody has asked for before."""
        return self._warm(name, self._next(WARM_UP + ORDERS), WARM_UP)

    def fresh(self, name: str) -> list[Plan]:
        """The lines of different orders, each as the first statement of a server process of its own."""
        engine = self.warehouse.reader("postgres")
        plans = []
        for parameters in self._next(FRESH_CONNECTIONS + 1):
            plans.append(measured(engine, name, **parameters))
            engine.dispose()
        # The first connection of an engine is not fresh: SQLAlchemy has asked for the server's version on it.
        return plans[1:]

    def _warm(self, name: str, samples: Iterable[Parameters], warm_up: int) -> list[Plan]:
        return [measured(self.engine, name, **parameters) for parameters in samples][warm_up:]

    def _next(self, count: int) -> list[Parameters]:
        return [next(self.orders) for _ in range(count)]


def filled(warehouse: BigWarehouse, rows: int, months: int, is_there: bool = False) -> BigWarehouse:
    """Make, where it is not there yet, and fill a warehouse before a person's eyes."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors) as progress:
        task = progress.add_task(f"sale lines in {months} months", total=rows)
        if not is_there:
            warehouse.create()
        for lines in warehouse.fill(rows, months):
            progress.update(task, completed=lines, total=max(rows, lines))
        progress.update(task, description="VACUUM ANALYZE")
        warehouse.vacuum()
    return warehouse


def query_results(timings: Timings, months: int) -> list[Result]:
    """The queries over all rows."""
    return [
        Result("revenue of a month", timings.months(months), "1 partition", most_partitions=1),
        Result(
            "revenue of a month by product",
            timings.months_by_product(months),
            f"execution <= {MONTH_TARGET_MS:.0f} ms",
            most_execution_ms=MONTH_TARGET_MS,
        ),
        Result(
            "order by id and UTC day",
            timings.order("order_of_day"),
            f"1 partition, execution <= {ORDER_OF_DAY_TARGET_MS} ms",
            most_partitions=1,
            most_execution_ms=ORDER_OF_DAY_TARGET_MS,
        ),
        Result("order by id alone", timings.order("order_of_any_day")),
        Result(
            "order by id alone, prepared",
            timings.order_prepared(),
            f"planning + execution <= {ORDER_TARGET_MS:.0f} ms",
            most_together_ms=ORDER_TARGET_MS,
        ),
        Result("order by id and UTC day, never asked for", timings.order_from_disk("order_of_day")),
        Result("order by id alone, never asked for", timings.order_from_disk("order_of_any_day")),
        Result("order by id and UTC day, fresh connection", timings.fresh("order_of_day")),
        Result("order by id alone, fresh connection", timings.fresh("order_of_any_day")),
    ]


def order_results(timings: Timings) -> list[Result]:
    """The ways to ask for an order, over a warm connection."""
    return [
        Result("order by id and UTC day", timings.order("order_of_day")),
        Result("order by id alone", timings.order("order_of_any_day")),
        Result("order by id alone, prepared", timings.order_prepared()),
    ]


def results_by_partitions(big: Timings, small: Timings, months: int) -> dict[int, list[Result]]:
    """The ways to ask for an order with few, the benchmark's own and many partitions; those added are empty."""
    results = {FEW_PARTITIONS: order_results(small), months: order_results(big)}
    for first, partitions in pairwise((months, *MANY_PARTITIONS)):
        big.warehouse.make_partitions(first, partitions)
        results[partitions] = order_results(big)
    return results


def query_table(results: Iterable[Result], rows: int, months: int) -> Table:
    """The queries with their targets beside the figures."""
    shown = Table("query", title=f"{rows:,} sale lines in {months} months; medians in ms")
    for heading in ("partitions", "planning", "execution", "together", "execution, 95%"):
        shown.add_column(heading, justify="right")
    shown.add_column("target")
    shown.add_column("plan, for example")
    for result in results:
        times = (result.planning_ms, result.execution_ms, result.together_ms, result.slow_execution_ms)
        verdict = f"{result.target}: {'met' if result.is_met else 'MISSED'}" if result.target else ""
        shown.add_row(result.what, str(result.partitions), *(f"{time:.3f}" for time in times), verdict, result.example)
    return shown


def partition_table(results: dict[int, list[Result]]) -> Table:
    """How planning and execution grow with the number of partitions."""
    shown = Table("query", title="by the number of months that have a partition; planning + execution, medians in ms")
    for partitions in results:
        shown.add_column(f"{partitions}", justify="right")
    for of_query in zip(*results.values(), strict=True):
        shown.add_row(of_query[0].what, *(f"{each.planning_ms:.3f} + {each.execution_ms:.3f}" for each in of_query))
    return shown


def timed(home: Home, rows: int, months: int) -> list[Result]:
    """Fill, time and report; the results that have a target."""
    big = filled(BigWarehouse(home, "many_months"), rows, months)
    small_rows = FEW_PARTITIONS * LINES_IN_SMALL_MONTH
    small = filled(BigWarehouse(home, "few_months"), small_rows, FEW_PARTITIONS)
    with errors.status("timing"):
        timings = Timings.of(big, rows)
        results = query_results(timings, months)
        by_partitions = results_by_partitions(timings, Timings.of(small, small_rows), months)
    console.print(query_table(results, big.lines, months))
    console.print(partition_table(by_partitions))
    return [result for result in results if result.target]


def main(
    rows: Annotated[int, typer.Option(min=100_000, help="Sale lines in the warehouse.")] = 10_000_000,
    months: Annotated[
        int, typer.Option(min=FEW_PARTITIONS + 1, max=MANY_PARTITIONS[0] - 1, help="Months, each with a partition.")
    ] = 48,
) -> None:
    """Fill a warehouse of its own, time the queries that must prune, and end with 1 where a target is missed."""
    with tempfile.TemporaryDirectory(prefix="eco-benchmark-") as folder, server(Path(folder)) as home:
        targets = timed(home, rows, months)
    if not all(result.is_met for result in targets):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
