"""Pruning: whoever states the time in the right way has one partition read, however many months there are."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.benchmarks.plans import Plan, statement
from tests.pipeline import Pipeline
from tests.warehouse.files import sale, sales

MONTHS = ("2025_11", "2025_12", "2026_01", "2026_02")


@pytest.fixture
def months(pipeline: Pipeline) -> Pipeline:
    """A warehouse with an order in each of four months, two lines each, and one at the very end of a month."""
    days = [month.replace("_", "-") + "-10T23:30:00Z" for month in MONTHS]
    rows = [sale(order=f"A{number}", line=line, at=day) for number, day in enumerate(days) for line in (1, 2)]
    pipeline.process(pipeline.upload("sales/a.csv", sales(*rows, sale(order="END", at="2025-12-31T23:59:59.999999Z"))))
    return pipeline


def touched(pipeline: Pipeline, name: str, **parameters: Any) -> tuple[str, ...]:
    """The partitions in the plan that eco_reader gets for one of the timed statements, which also finds something."""
    assert pipeline.rows(statement(name), **parameters)
    return Plan(pipeline.value("EXPLAIN (FORMAT JSON) " + statement(name), **parameters)[0]).partitions


def test_the_revenue_of_a_month_reads_the_partition_of_the_month(months: Pipeline) -> None:
    since, until = datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    assert touched(months, "month_revenue", since=since, until=until) == ("fact_sales_2025_12",)


@pytest.mark.parametrize(
    ("order", "since", "until", "partition"),
    [
        ("A0", datetime(2025, 11, 10, tzinfo=UTC), datetime(2025, 11, 11, tzinfo=UTC), "fact_sales_2025_11"),
        ("A3", datetime(2026, 2, 10, tzinfo=UTC), datetime(2026, 2, 11, tzinfo=UTC), "fact_sales_2026_02"),
        ("END", datetime(2025, 12, 31, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC), "fact_sales_2025_12"),
    ],
)
def test_the_lines_of_an_order_on_its_day_are_read_from_one_partition(
    months: Pipeline, order: str, since: datetime, until: datetime, partition: str
) -> None:
    assert touched(months, "order_of_day", order_id=order, since=since, until=until) == (partition,)


def test_an_order_by_its_id_alone_is_looked_for_in_every_partition(months: Pipeline) -> None:
    everywhere = touched(months, "order_of_any_day", order_id="A0")
    assert {f"fact_sales_{month}" for month in MONTHS} | {"fact_sales_default"} <= set(everywhere)
