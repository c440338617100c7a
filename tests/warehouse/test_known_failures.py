"""Where well-known systems fail at history and ledgers, each failure a test that this one passes.

Those of partition maintenance are in test_maintain.py, those of leases in test_leases.py.
"""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy

from functions.events import ObjectEvent
from tests.pipeline import HANDLERS, Pipeline, superuser
from tests.warehouse import state
from tests.warehouse.files import CUSTOMERS_HEADER, customer, customers, product, products, sale, sales

NINE_YEARS_AGO = """
UPDATE eco.pipeline_run
SET started_at = started_at - interval '9 years', validated_at = validated_at - interval '9 years',
    heartbeat_at = heartbeat_at - interval '9 years', finished_at = finished_at - interval '9 years'
"""


class KilledError(Exception):
    """What takes the place of a statement that a killed process did not get to."""


@contextlib.contextmanager
def killed_before(pipeline: Pipeline, stage: str, statement: str) -> Iterator[None]:
    """The function of a stage dies before the first statement that contains this text."""
    engine = pipeline.platforms[stage].warehouse.engine

    def die(connection: Any, _cursor: Any, text: str, *_: Any) -> None:
        if statement in text:
            connection.invalidate()
            raise KilledError(statement)

    sqlalchemy.event.listen(engine, "before_cursor_execute", die)
    yield
    sqlalchemy.event.remove(engine, "before_cursor_execute", die)


def tiers(pipeline: Pipeline) -> list[tuple[Any, ...]]:
    rows = pipeline.rows(
        """
        SELECT customer_id, loyalty_tier, is_current FROM eco.dim_customer
        WHERE valid_from < valid_to AND NOT is_inferred ORDER BY customer_id, valid_from
        """
    )
    return [tuple(row.values()) for row in rows]


def test_an_older_version_that_arrives_late_does_not_become_current(pipeline: Pipeline) -> None:
    newer = pipeline.upload("customers/new.csv", customers(customer("C1", "2026-03-01", "gold")))
    pipeline.process(newer, pipeline.upload("customers/old.csv", customers(customer("C1", "2026-01-01", "bronze"))))
    assert tiers(pipeline) == [("C1", "bronze", False), ("C1", "gold", True)]


def test_a_back_dated_version_does_not_end_before_it_begins(pipeline: Pipeline) -> None:
    for number, day in enumerate(["2026-03-01", "2026-01-01", "2026-02-01"]):
        pipeline.process(pipeline.upload(f"customers/{number}.csv", customers(customer("C1", day, f"tier{number}"))))
    ranges = pipeline.rows("SELECT valid_from, valid_to FROM eco.dim_customer WHERE valid_from < valid_to ORDER BY 1")
    assert [row["valid_to"] for row in ranges[:-1]] == [row["valid_from"] for row in ranges[1:]]


def test_two_versions_in_one_file_are_not_both_current(pipeline: Pipeline) -> None:
    both = customers(customer("C1", "2026-02-01", "gold"), customer("C1", "2026-01-01", "bronze"))
    pipeline.process(pipeline.upload("customers/a.csv", both))
    assert tiers(pipeline) == [("C1", "bronze", False), ("C1", "gold", True)]


def test_keys_that_would_be_equal_if_they_were_glued_together_stay_apart(pipeline: Pipeline) -> None:
    at = "2026-01-10T10:00:00Z"
    rows = [sale("A1", 11, at), sale("A11", 1, at), sale("A|1", 1, at), sale("A", 11, at)]
    pipeline.process(pipeline.upload("sales/1.csv", sales(*rows)))
    pipeline.process(pipeline.upload("sales/2.csv", sales(sale("A1", 11, at, quantity=5))))
    assert state.facts(pipeline, "order_id", "line_no", "quantity") == [
        ("A", 11, 1), ("A1", 11, 5), ("A11", 1, 1), ("A|1", 1, 1),
    ]  # fmt: skip


def test_a_partial_extract_retires_nothing_that_it_does_not_mention(pipeline: Pipeline) -> None:
    pipeline.process(
        pipeline.upload("customers/1.csv", customers(customer("C1", "2026-01-01"), customer("C2", "2026-01-01"))),
        pipeline.upload("customers/2.csv", customers(customer("C1", "2026-02-01", "none"))),
    )
    assert ("C2", "gold", True) in tiers(pipeline)


def test_a_wrong_history_cannot_be_committed(pipeline: Pipeline) -> None:
    pipeline.process(pipeline.upload("customers/1.csv", customers(customer("C1", "2026-01-01"))))
    overlapping = """
        INSERT INTO eco.dim_customer (customer_id, valid_from, valid_to, is_current, is_inferred)
        VALUES ('C1', '2026-02-01', '2026-03-01', false, false)
    """
    with pytest.raises(sqlalchemy.exc.DBAPIError, match="customer_versions_do_not_overlap"):
        pipeline.rows(overlapping, "eco_loader")
    with pytest.raises(sqlalchemy.exc.DBAPIError, match="customer_current_has_no_end"):
        pipeline.rows("UPDATE eco.dim_customer SET is_current = true", "eco_loader")


@pytest.mark.parametrize(
    "statement", ["INSERT INTO eco.monthly_product_sales", "UPDATE eco.pipeline_part", "'SUCCESS'"]
)
def test_a_crash_between_effect_and_record_leaves_neither(pipeline: Pipeline, statement: str) -> None:
    upload = pipeline.upload("sales/a.csv", sales(sale()))
    for stage in ("validate", "score", "transform"):
        for event in pipeline.parts(stage, upload):
            pipeline.deliver(stage, event)
    (part,) = pipeline.parts("load", upload)
    with killed_before(pipeline, "load", statement), pytest.raises(KilledError):
        pipeline.deliver("load", part)
    assert (state.facts(pipeline, "order_id"), pipeline.run(upload)["parts_loaded"]) == ([], 0)
    assert pipeline.value("SELECT count(*) FROM eco.pipeline_part") == 0
    pipeline.deliver("load", part)
    assert (state.facts(pipeline, "order_id"), pipeline.run(upload)["status"]) == ([("A1",)], "SUCCESS")


def test_a_generation_is_not_forgotten_however_long_ago_it_was(pipeline: Pipeline) -> None:
    pipeline.changes |= {"stage_retention_hours": 0, "redeliver_after_minutes": 1_000_000}
    upload = pipeline.upload("sales/a.csv", sales(sale()))
    pipeline.process(upload)
    late = [(stage, event) for stage in HANDLERS for event in pipeline.parts(stage, upload)]
    with contextlib.closing(superuser(pipeline.home, pipeline.name)) as connection:
        connection.run(NINE_YEARS_AGO)
    pipeline.maintain(now=datetime(2036, 1, 1, tzinfo=UTC))
    correction = pipeline.upload("sales/b.csv", sales(sale(quantity=3)))
    pipeline.process(correction)
    for stage, event in late:
        pipeline.deliver(stage, event)
    assert state.facts(pipeline, "quantity") == [(3,)]


def test_a_changed_acl_publishes_the_same_generation_again_and_nothing_happens(pipeline: Pipeline) -> None:
    upload = pipeline.upload("sales/a.csv", sales(sale()))
    pipeline.process(upload)
    before = pipeline.run(upload)
    pipeline.process(ObjectEvent(upload.bucket, upload.name, upload.generation, datetime.now(UTC), upload.size))
    assert pipeline.run(upload) == before


def test_the_same_bytes_under_the_same_name_again_change_nothing(pipeline: Pipeline) -> None:
    rows = sales(sale(customer="C1"), sale(line=2, customer="C1"))
    pipeline.process(pipeline.upload("products/p.csv", products(product("P1", "2026-01-01"))))
    pipeline.process(pipeline.upload("sales/a.csv", rows))
    before = state.of(pipeline)
    again = pipeline.upload("sales/a.csv", rows)
    pipeline.process(again)
    assert state.of(pipeline) == before
    assert pipeline.run(again)["rows_unchanged"] == 2


def test_a_reader_never_sees_half_a_part(pipeline: Pipeline) -> None:
    pipeline.process(pipeline.upload("sales/a.csv", sales(sale("A0"))))
    upload = pipeline.upload("sales/b.csv", sales(sale(), sale(line=2)))
    for stage in ("validate", "score", "transform"):
        for event in pipeline.parts(stage, upload):
            pipeline.deliver(stage, event)
    seen: list[int] = []

    def look(*_: Any) -> None:
        seen.append(pipeline.value("SELECT count(*) FROM eco.fact_sales"))

    engine = pipeline.platforms["load"].warehouse.engine
    sqlalchemy.event.listen(engine, "after_cursor_execute", look)
    for event in pipeline.parts("load", upload):
        pipeline.deliver("load", event)
    assert set(seen) == {1}
    assert pipeline.value("SELECT count(*) FROM eco.fact_sales") == 3


def test_a_customer_file_needs_no_column_but_the_key(pipeline: Pipeline) -> None:
    pipeline.process(pipeline.upload("customers/a.csv", CUSTOMERS_HEADER.split(",")[0] + "\nC1\n"))
    assert tiers(pipeline) == [("C1", None, True)]
