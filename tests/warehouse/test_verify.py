"""Verify finds nothing wrong with a warehouse that is right, and whatever is made wrong in it."""

import contextlib
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from functions import verify
from functions.sql import query
from functions.verify import CHECKS, PROPERTIES, Finding
from functions.warehouse import Warehouse, connect
from tests.pipeline import Pipeline, superuser
from tests.running_stack import RunningStack
from tests.warehouse import mixed

# What breaks each check, as somebody could who writes past the functions.
FAULTS = {
    "p1_runs_add_up": """
        ALTER TABLE eco.pipeline_run DROP CONSTRAINT success_adds_up;
        UPDATE eco.pipeline_run SET rows_read = rows_read + 1 WHERE object_name = 'sales/1.csv'
        """,
    "p1_runs_are_the_sum_of_their_parts": "UPDATE eco.pipeline_part SET rows_loaded = rows_loaded + 1",
    "p1_log_holds_what_was_counted": "DELETE FROM eco.quality_log WHERE kind = 'held'",
    "p2_rows_stand_once": "UPDATE eco.fact_sales SET source_row = source_row + 1 WHERE (order_id, line_no) = ('A1', 5)",
    "p2_parts_are_in_once": "UPDATE eco.pipeline_part SET part_no = 3",
    "p3_voids_hold": """
        INSERT INTO eco.sale_tombstone
        SELECT order_id, line_no, sale_timestamp, run_id, source_row FROM eco.fact_sales
        WHERE (order_id, line_no) = ('A1', 5)
        """,
    "p3_orders_stay_whole": """
        UPDATE eco.fact_sales SET run_id = run.run_id FROM eco.pipeline_run AS run
        WHERE order_id = 'R1' AND line_no = 2 AND run.object_name = 'sales/online-retail/1.csv'
        """,
    "p3_products_follow_from_changes": "UPDATE eco.dim_product SET list_price = 12 WHERE list_price = 11",
    "p3_customers_follow_from_changes": """
        DELETE FROM eco.dimension_change WHERE natural_key = 'C3' AND attributes IS NOT NULL
        """,
    "p4_sales_know_their_product": "UPDATE eco.fact_sales SET product_key = 0 WHERE (order_id, line_no) = ('A1', 5)",
    "p4_sales_know_their_customer": """
        UPDATE eco.fact_sales SET customer_key = version.customer_key
        FROM eco.dim_customer AS version
        WHERE (order_id, line_no) = ('A1', 5) AND version.customer_id = 'C1' AND version.is_current
        """,
    "p4_carbon_follows": "UPDATE eco.fact_sales SET carbon_savings_kg = NULL WHERE (order_id, line_no) = ('A1', 5)",
    "p4_daily_sums_follow": "UPDATE eco.daily_sales SET units = units + 1",
    "p4_daily_product_sums_follow": "DELETE FROM eco.daily_product_sales",
    "p4_monthly_product_sums_follow": "UPDATE eco.monthly_product_sales SET net_amount = net_amount + 1",
    "p4_monthly_country_sums_follow": "UPDATE eco.monthly_country_sales SET units = units + 1",
    "p5_product_histories": """
        UPDATE eco.dim_product SET valid_to = '2026-01-08' WHERE product_id = 'P1' AND valid_to = '2026-01-09'
        """,
    "p5_customer_histories": "DELETE FROM eco.dim_customer WHERE customer_id = 'C2' AND is_current",
    "p6_rows_are_conserved": "DELETE FROM eco.quality_log WHERE kind = 'superseded'",
    "p6_failures_have_a_reason": "UPDATE eco.pipeline_run SET reason = ' ' WHERE status = 'FAILED'",
    "p7_success_has_all_parts": "DELETE FROM eco.pipeline_part",
    "p7_rows_came_with_a_part": """
        UPDATE eco.fact_sales SET run_id = run.run_id
        FROM eco.pipeline_run AS run WHERE run.status = 'FAILED' AND (order_id, line_no) = ('A1', 5)
        """,
    "p8_default_partition_is_empty": """
        UPDATE eco.fact_sales SET sale_timestamp = '2031-01-01', sale_date = '2031-01-01'
        WHERE (order_id, line_no) = ('A1', 5)
        """,
    "p8_partitions_are_months": """
        CREATE TABLE eco.fact_sales_2027_05 PARTITION OF eco.fact_sales
        FOR VALUES FROM ('2027-05-01 02:00+00') TO ('2027-06-01 02:00+00')
        """,
    "p8_days_are_known": "DELETE FROM eco.dim_date WHERE sale_date = '2026-01-10'",
}
ALSO = {
    "p1_log_holds_what_was_counted": """
        UPDATE eco.quality_log SET review_state = 'released' WHERE kind = 'held';
        UPDATE eco.quality_log SET review_state = 'loaded', review_outcome = 'loaded', review_loaded_at = now()
        WHERE kind = 'held'
        """,
    "p1_runs_are_the_sum_of_their_parts": "UPDATE eco.pipeline_run SET rows_rejected = 9 WHERE status = 'FAILED'",
    "p3_products_follow_from_changes": "UPDATE eco.dim_product SET is_deleted = true WHERE product_id = 'P8'",
    "p4_sales_know_their_product": """
        UPDATE eco.dim_product SET valid_from = '2026-02-03' WHERE product_id = 'P1' AND valid_from = '2026-01-09'
        """,
    "p6_rows_are_conserved": "DELETE FROM eco.sales_archive",
    "p8_partitions_are_months": "INSERT INTO eco.sales_archive VALUES ('somewhere', '2026-01-01', 0)",
}


def reader(pipeline: Pipeline) -> Warehouse:
    return connect(pipeline.settings("eco_reader"))


def findings(pipeline: Pipeline) -> list[Finding]:
    return list(verify.verify(reader(pipeline)))


def wrong(pipeline: Pipeline) -> dict[str, Finding]:
    return {finding.check.name: finding for finding in findings(pipeline) if not finding.holds}


def with_an_archived_month(pipeline: Pipeline) -> None:
    pipeline.changes["retention_months"] = 10
    mixed.processed(pipeline)
    pipeline.maintain(now=datetime(2026, 3, 15, tzinfo=UTC))
    late = pipeline.upload("sales/6.csv", mixed.FILES["sales/5.csv"])
    pipeline.process(late)
    assert pipeline.run(late)["rows_rejected"] == 2


@pytest.fixture(scope="module")
def history(stack: RunningStack) -> Iterator[Pipeline]:
    """A mixed history, a month of it archived."""
    with Pipeline.made(stack.home, f"test_{uuid.uuid4().hex[:12]}") as pipeline:
        with_an_archived_month(pipeline)
        yield pipeline


def test_a_mixed_history_is_clean_and_every_check_had_something_to_look_at(history: Pipeline) -> None:
    found = findings(history)
    assert {finding.check.name: finding.example for finding in found if not finding.holds} == {}
    nothing_to_look_at = {finding.check.name for finding in found if not finding.checked}
    assert nothing_to_look_at == {"p8_default_partition_is_empty"}


def test_an_empty_warehouse_is_clean(pipeline: Pipeline) -> None:
    assert wrong(pipeline) == {}


def test_every_state_between_two_deliveries_is_clean(pipeline: Pipeline) -> None:
    pipeline.changes["part_rows"] = 5
    uploads = mixed.uploaded(pipeline)
    for stage in ("validate", "score", "transform", "load"):
        for upload in reversed(uploads):
            for event in pipeline.parts(stage, upload):
                pipeline.deliver(stage, event)
            assert wrong(pipeline) == {}


@pytest.mark.parametrize(("check", "fault"), [*FAULTS.items(), *ALSO.items()])
def test_a_fault_is_found(history: Pipeline, check: str, fault: str) -> None:
    with contextlib.closing(superuser(history.home, history.name)) as connection:
        connection.run("BEGIN")
        for statement in fault.split(";"):
            connection.run(statement)
            assert connection.row_count != 0, statement
        [[checked, violated, example]] = connection.run(query(f"verify/{check}"))
        assert checked
        assert violated
        assert example
        connection.run("ROLLBACK")


def test_every_check_has_its_fault_and_every_property_its_check() -> None:
    assert set(FAULTS) == {check.name for check in CHECKS}
    assert set(PROPERTIES) == {check.property for check in CHECKS}


def test_the_session_of_the_pool_can_still_write_afterwards(pipeline: Pipeline) -> None:
    findings(pipeline)
    assert pipeline.value("SHOW transaction_isolation") == "read committed"
    assert pipeline.value("SHOW transaction_read_only") == "off"


def test_content_does_not_depend_on_the_order_of_deliveries_and_shows_a_difference(
    stack: RunningStack, pipeline: Pipeline
) -> None:
    uploads = mixed.processed(pipeline)
    with Pipeline.made(stack.home, f"test_{uuid.uuid4().hex[:12]}") as other:
        other.process(*reversed(uploads))
        in_another_order = verify.checksums(reader(other))
    before = verify.checksums(reader(pipeline))
    assert in_another_order == before
    assert all(rows for rows, _ in before.values())
    with contextlib.closing(superuser(pipeline.home, pipeline.name)) as connection:
        connection.run("UPDATE eco.fact_sales SET country = NULL WHERE (order_id, line_no) = ('A1', 5)")
    after = verify.checksums(reader(pipeline))
    assert {table for table in after if after[table] != before[table]} == {"fact_sales"}
