"""A warehouse of many months and as many rows as one likes, on a database server of its own."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy

from functions.settings import Settings
from functions.sql import query
from functions.warehouse import connect
from local import pgbouncer, schema, stack
from local.credentials import credentials
from local.home import ADDRESS, Home
from local.processes import Process, spawn
from tests.benchmarks.plans import statement
from tests.local.stacks import free_offset
from tests.pipeline import superuser, template

FIRST_YEAR = 2022
START_SECONDS = 60.0
STOP_SECONDS = 60.0
# Orders have one to seven lines in turn: seven orders have 28.
LINES_IN_CYCLE, ORDERS_IN_CYCLE = 28, 7


def month(number: int) -> datetime:
    """The beginning of the month with this number, counted from 0."""
    return datetime(FIRST_YEAR + number // 12, 1 + number % 12, 1, tzinfo=UTC)


def orders_in_month(rows: int, months: int) -> int:
    """Orders that have at least the share of one month in `rows` lines."""
    return -(-rows // (months * LINES_IN_CYCLE)) * ORDERS_IN_CYCLE


@contextlib.contextmanager
def server(folder: Path) -> Iterator[Home]:
    """PostgreSQL and PgBouncer of the platform, without the rest, in a folder that may be deleted afterwards."""
    assert pgbouncer.find(), pgbouncer.HOW_TO_GET_IT
    folder.chmod(0o711)  # PostgreSQL's user has to pass through it
    home = Home(folder / "home", free_offset())
    stack.prepare(home)
    with contextlib.ExitStack() as processes:
        for process in stack.first(home):
            if process.name in ("postgres", "pgbouncer"):
                processes.enter_context(running(process, home))
        schema.set_up(home)
        yield home


@contextlib.contextmanager
def running(process: Process, home: Home) -> Iterator[None]:
    """A process of the platform, healthy until the block ends."""
    child = spawn(process, home)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not process.healthy():
            assert child.poll() is None and time.monotonic() < deadline, home.log(process.name).read_text()
            time.sleep(0.1)
        yield
    finally:
        child.send_signal(process.stop_signal)
        child.wait(STOP_SECONDS)


@dataclass(frozen=True)
class BigWarehouse:
    """One database of the server; only its maker is past the pooler, whoever reads is not."""

    home: Home
    name: str

    def create(self) -> None:
        """Make it, with the migrated schema."""
        with contextlib.closing(superuser(self.home)) as connection:
            connection.run(f"CREATE DATABASE {self.name} TEMPLATE {template(self.home, connection)}")

    def run(self, name: str, **parameters: Any) -> None:
        """Execute sql/`name`.sql as one who may do anything; it commits."""
        self.run_text(statement(name), **parameters)

    def run_text(self, sql: str, **parameters: Any) -> None:
        with contextlib.closing(superuser(self.home, self.name)) as connection:
            connection.run(sql, **parameters)

    def make_partitions(self, first: int, end: int) -> None:
        """Make the partitions of the months from number `first` to before `end`."""
        for number in range(first, end):
            self.run_text("SELECT eco.ensure_sales_partition(:day)", day=month(number).date())

    @property
    def lines(self) -> int:
        """The sale lines that are there."""
        with contextlib.closing(superuser(self.home, self.name)) as connection:
            return int(connection.run("SELECT count(*) FROM eco.fact_sales")[0][0])

    def fill(self, rows: int, months: int) -> Iterator[int]:
        """Put at least `rows` sale lines into the first months; yields how many there are after each."""
        orders = orders_in_month(rows, months)
        self.run("products")
        self.run("customers")
        self.make_partitions(0, months)
        # Keys of products and customers are looked up by the planner's choice: it has to know how many there are.
        self.run_text("ANALYZE eco.dim_product, eco.dim_customer")
        for number in range(months):
            self.run(
                "month_of_sales",
                since=month(number),
                until=month(number + 1),
                first_order=number * orders,
                orders=orders,
            )
            self.run_text(query("load/rollup/month"), first_day=month(number).date())
            self.run_text(query("maintain/sum_month"), first_day=month(number).date())
            yield (number + 1) * orders * LINES_IN_CYCLE // ORDERS_IN_CYCLE

    def vacuum(self) -> None:
        """What autovacuum does in its time: statistics for the planner, and nothing left to do in the background."""
        self.run_text(
            "VACUUM (ANALYZE) eco.fact_sales, eco.daily_sales, eco.daily_product_sales, eco.monthly_product_sales,"
            " eco.monthly_country_sales"
        )

    def reader(self, port: str = "pgbouncer") -> sqlalchemy.Engine:
        """The database as eco_reader sees it, over one connection that stays open."""
        password = credentials(self.home)["eco_reader"]
        return connect(
            Settings(
                db_host=ADDRESS,
                db_port=self.home.port(port),
                db_name=self.name,
                db_user="eco_reader",
                db_password=password,
                db_pool_size=1,
            )
        ).engine
