"""Maintenance at the edges of the calendar, while others write: nobody waits long, no row is refused or lost."""

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest

from functions import partitions
from functions.months import ahead, shift
from functions.warehouse import Warehouse, connect
from tests.pipeline import Pipeline, superuser

WRITE = """
INSERT INTO eco.fact_sales (
    order_id, line_no, sale_timestamp, sale_date, product_key, quantity, unit_price, discount_rate, net_amount,
    currency, run_id, source_row
)
SELECT
    :order_id, :line_no, CAST(:at AS timestamptz), (CAST(:at AS timestamptz) AT TIME ZONE 'UTC')::date, product_key,
    1, 10, 0, 10, 'GBP', gen_random_uuid(), 1
FROM eco.dim_product
"""
LOCK_TIMEOUT = """
SELECT extract(epoch FROM split_part(setting, '=', 2)::interval)::float
FROM pg_proc, unnest(proconfig) AS setting
WHERE oid = 'eco.ensure_sales_partition'::regproc AND setting LIKE 'lock_timeout=%'
"""
MISPLACED = """
SELECT sale_timestamp FROM eco.fact_sales
WHERE tableoid::regclass::text <> 'eco.fact_sales_' || to_char(sale_timestamp AT TIME ZONE 'UTC', 'YYYY_MM')
"""


@dataclass
class Writer:
    """Writes sales as a load does: the month's partition first, then the rows; each in a transaction of its own."""

    pipeline: Pipeline
    name: str
    first_day: date
    stop: threading.Event
    written: set[tuple[str, int, datetime]] = field(default_factory=set)
    longest: float = 0.0

    def write_until_stopped(self) -> None:
        """Write to this month, to the next, and to one in which nobody has sold yet, over and over."""
        warehouse = connect(self.pipeline.settings("eco_loader"))
        for number in range(1, 1000):
            if self.stop.is_set():
                break
            for months in (0, 1, 6 + number % 60):
                self._write(warehouse, number, shift(self.first_day, months))
        warehouse.engine.dispose()

    def _write(self, warehouse: Warehouse, number: int, first_day: date) -> None:
        began = time.monotonic()
        partitions.ensure(warehouse, first_day)
        self.longest = max(self.longest, time.monotonic() - began)
        for at in edges(first_day):
            began = time.monotonic()
            self.pipeline.rows(WRITE, "eco_loader", order_id=self.name, line_no=number, at=at)
            self.longest = max(self.longest, time.monotonic() - began)
            self.written.add((self.name, number, at))


def test_a_row_that_is_being_written_to_the_default_partition_is_drained_with_the_others(pipeline: Pipeline) -> None:
    make_product(pipeline)
    now = datetime(2026, 1, 15, tzinfo=UTC)
    with (
        contextlib.closing(superuser(pipeline.home, pipeline.name)) as connection,
        ThreadPoolExecutor() as threads,
    ):
        connection.run("BEGIN")
        connection.run(WRITE, order_id="late", line_no=1, at="2026-02-01T00:00:00Z")
        maintenance = threads.submit(pipeline.maintain, now=now)
        waits = "SELECT FROM pg_locks WHERE relation = 'eco.fact_sales_default'::regclass AND NOT granted"
        while not maintenance.done() and not connection.run(waits):
            time.sleep(0.01)
        connection.run("COMMIT")
        assert maintenance.result()[0].detail == "4 months made, partitions up to 2026-04"
    assert pipeline.value("SELECT count(*) FROM eco.fact_sales_default") == 0
    assert pipeline.value("SELECT order_id FROM eco.fact_sales") == "late"


def make_product(pipeline: Pipeline) -> None:
    """Make the one product that everybody here sells."""
    pipeline.rows(
        "INSERT INTO eco.dim_product (product_id, valid_from, valid_to, is_current, is_inferred)"
        " VALUES ('P1', '-infinity', 'infinity', true, true)",
        "eco_loader",
    )


def read_until_stopped(pipeline: Pipeline, stop: threading.Event) -> None:
    """Read every partition, over and over, as a dashboard does."""
    while not stop.is_set():
        pipeline.rows("SELECT sum(net_amount) FROM eco.fact_sales")


def edges(first_day: date) -> list[datetime]:
    """The first and the last instant of a month (UTC)."""
    first, end = (datetime(day.year, day.month, 1, tzinfo=UTC) for day in (first_day, shift(first_day, 1)))
    return [first, end - timedelta(microseconds=1)]


def set_zone(pipeline: Pipeline, zone: str) -> None:
    """Where the roles' sessions are: months are those of UTC all the same."""
    with contextlib.closing(superuser(pipeline.home, pipeline.name)) as connection:
        for role in ("eco_loader", "eco_maintainer"):
            connection.run(f"ALTER ROLE {role} IN DATABASE {pipeline.name} SET timezone = '{zone}'")


@pytest.mark.parametrize(
    ("now", "zone"),
    [
        pytest.param(datetime(2026, 1, 31, 23, 30, tzinfo=UTC), "Pacific/Kiritimati", id="31 January"),
        pytest.param(datetime(2024, 2, 29, 23, 30, tzinfo=UTC), "America/Los_Angeles", id="29 February"),
        pytest.param(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "Asia/Kolkata", id="the end of a year"),
        pytest.param(datetime(2026, 3, 29, 0, 30, tzinfo=UTC), "Europe/London", id="summer time begins"),
        pytest.param(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Europe/London", id="summer time ends"),
    ],
)
def test_who_writes_while_maintenance_runs_hardly_waits_and_loses_nothing(
    pipeline: Pipeline, now: datetime, zone: str
) -> None:
    pipeline.changes["retention_months"] = 1
    set_zone(pipeline, zone)
    make_product(pipeline)
    sell_in_the_past(pipeline, now.date())
    stop = threading.Event()
    writers = [Writer(pipeline, f"writer {number}", shift(now.date(), 0), stop) for number in (1, 2)]
    with ThreadPoolExecutor() as threads:
        others = [threads.submit(writer.write_until_stopped) for writer in writers]
        others.append(threads.submit(read_until_stopped, pipeline, stop))
        try:
            ticks(pipeline, now)
        finally:
            stop.set()
        for other in others:
            other.result()
    pipeline.maintain(now=now + timedelta(hours=1))
    assert pipeline.value("SELECT count(*) FROM eco.fact_sales_default") == 0
    assert pipeline.rows(MISPLACED) == []
    there = pipeline.rows("SELECT order_id, line_no, sale_timestamp FROM eco.fact_sales WHERE order_id LIKE 'writer%'")
    written = writers[0].written | writers[1].written
    assert {(row["order_id"], row["line_no"], row["sale_timestamp"]) for row in there} == written
    assert pipeline.rows("SELECT FROM eco.fact_sales WHERE order_id = 'past'") == []
    assert max(writer.longest for writer in writers) < pipeline.value(LOCK_TIMEOUT)


def sell_in_the_past(pipeline: Pipeline, today: date) -> None:
    """Sales of months that retention will take while others write."""
    writer = connect(pipeline.settings("eco_loader"))
    for first_day in (shift(today, -months) for months in range(2, 6)):
        partitions.ensure(writer, first_day)
        for at in edges(first_day):
            pipeline.rows(WRITE, "eco_loader", order_id="past", line_no=1, at=at)
    writer.engine.dispose()


def ticks(pipeline: Pipeline, now: datetime) -> None:
    """Maintain some times before the hour and some after it, each time with a row in the default partition."""
    for number, moment in enumerate([now] * 5 + [now + timedelta(hours=1)] * 5):
        stray = datetime(2090, 1 + number, 1, tzinfo=UTC)
        pipeline.rows(WRITE, "eco_loader", order_id="stray", line_no=1, at=stray)
        results = pipeline.maintain(now=moment)
        reach = f"partitions up to {ahead(moment.date(), 3)[-1]:%Y-%m}"
        assert results[0].detail.endswith(reach)
        assert (results[1].task, results[1].detail) == ("drain_default", "1 row of 1 month moved")
