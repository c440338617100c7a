"""Maintenance: partitions, retention, lost events, hanging runs, clean-up; each task's trouble stays its own."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from pyarrow import parquet

from functions.events import ObjectEvent, from_object_resource
from functions.maintain import MaintenanceError
from functions.store import ObjectStore
from tests.pipeline import HANDLERS, Pipeline
from tests.warehouse import state
from tests.warehouse.files import sale, sales

LATER = datetime(2100, 1, 1, tzinfo=UTC)


def partitions(pipeline: Pipeline) -> list[str]:
    rows = pipeline.rows("SELECT partition_name FROM eco.sales_partition WHERE first_day IS NOT NULL ORDER BY 1")
    return [row["partition_name"].removeprefix("fact_sales_") for row in rows]


def logged(pipeline: Pipeline) -> list[tuple[str, str, str]]:
    rows = pipeline.rows("SELECT task, target, outcome FROM eco.maintenance_log ORDER BY maintenance_id")
    return [(row["task"], row["target"], row["outcome"]) for row in rows]


@pytest.fixture
def delivered(pipeline: Pipeline) -> Iterator[list[tuple[str, ObjectEvent]]]:
    """What maintenance delivers: function and object."""
    import json

    received: list[tuple[str, ObjectEvent]] = []

    class Inlet(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append((self.path[1:], from_object_resource(json.loads(body))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Inlet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pipeline.changes["delivery_url"] = f"http://127.0.0.1:{server.server_port}/{{function}}"
    yield received
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("now", "months"),
    [
        (datetime(2026, 1, 31, 23, 59, tzinfo=UTC), ["2026_01", "2026_02", "2026_03", "2026_04"]),
        (datetime(2024, 2, 29, tzinfo=UTC), ["2024_02", "2024_03", "2024_04", "2024_05"]),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), ["2026_12", "2027_01", "2027_02", "2027_03"]),
    ],
)
def test_partitions_are_made_ahead_of_today(pipeline: Pipeline, now: datetime, months: list[str]) -> None:
    pipeline.maintain(now=now)
    assert partitions(pipeline) == months
    assert ("make_partitions", months[0].replace("_", "-"), "created") in logged(pipeline)
    assert pipeline.maintain(now=now) == []


@pytest.mark.parametrize("year", [1996, 2031])
def test_a_file_for_any_month_loads_without_waiting_for_the_schedule(pipeline: Pipeline, year: int) -> None:
    pipeline.process(pipeline.upload("sales/a.csv", sales(sale(at=f"{year}-12-31T23:59:59.999999Z"))))
    assert partitions(pipeline) == [f"{year}_12"]
    assert pipeline.value("SELECT count(*) FROM eco.fact_sales_default") == 0


def test_the_default_partition_is_drained(pipeline: Pipeline) -> None:
    upload = pipeline.upload("sales/a.csv", sales(sale()))
    pipeline.process(upload)
    stray = """
        INSERT INTO eco.fact_sales
        SELECT order_id, line_no, '2027-05-01', '2027-05-01', product_key, customer_key, quantity, unit_price,
            discount_rate, net_amount, currency, country, carbon_savings_kg, run_id, source_row
        FROM eco.fact_sales
    """
    pipeline.rows(stray, "eco_loader")
    assert pipeline.value("SELECT count(*) FROM eco.fact_sales_default") == 1
    pipeline.maintain(now=datetime(2026, 1, 1, tzinfo=UTC))
    assert pipeline.value("SELECT count(*) FROM eco.fact_sales_default") == 0
    assert "2027_05" in partitions(pipeline)
    assert len(state.facts(pipeline, "order_id")) == 2


def test_retention_archives_a_month_before_it_is_dropped(pipeline: Pipeline) -> None:
    pipeline.changes["retention_months"] = 2
    rows = [sale(at="2025-12-31T10:00:00Z"), sale(line=2, at="2025-12-01"), sale(line=3, at="2026-01-01T00:00:00Z")]
    pipeline.process(pipeline.upload("sales/a.csv", sales(*rows)))
    pipeline.maintain(now=datetime(2026, 3, 15, tzinfo=UTC))
    assert "2025_12" not in partitions(pipeline)
    assert state.facts(pipeline, "line_no") == [(3,)]
    store = ObjectStore(pipeline.client)
    archive = next(store.list(f"{pipeline.name}-archive"))
    with store.open(archive) as stream:
        archived = parquet.read_table(stream).to_pylist()
    assert [(row["line_no"], row["product_id"], row["net_amount"]) for row in archived] == [
        (2, "P1", 10),
        (1, "P1", 10),
    ]


def test_without_a_policy_nothing_is_archived(pipeline: Pipeline) -> None:
    pipeline.process(pipeline.upload("sales/a.csv", sales(sale(at="1996-01-01"))))
    pipeline.maintain(now=datetime(2026, 3, 15, tzinfo=UTC))
    assert "1996_01" in partitions(pipeline)


def test_an_upload_whose_event_was_lost_is_delivered(
    pipeline: Pipeline, delivered: list[tuple[str, ObjectEvent]]
) -> None:
    lost = pipeline.upload("sales/lost ü.csv", sales(sale()))
    known = pipeline.upload("sales/known.csv", sales(sale()))
    pipeline.process(known)
    pipeline.maintain(now=LATER)
    assert delivered == [("validate", lost)]


def test_a_fresh_upload_is_given_time(pipeline: Pipeline, delivered: list[tuple[str, ObjectEvent]]) -> None:
    pipeline.upload("sales/fresh.csv", sales(sale()))
    pipeline.maintain()
    assert delivered == []


@pytest.mark.parametrize("lost_before", ["score", "transform", "load"])
def test_a_part_whose_event_was_lost_is_delivered_and_the_run_succeeds(
    pipeline: Pipeline, delivered: list[tuple[str, ObjectEvent]], lost_before: str
) -> None:
    pipeline.changes["redeliver_after_minutes"] = 0
    upload = pipeline.upload("sales/a.csv", sales(sale()))
    for stage in list(HANDLERS)[: list(HANDLERS).index(lost_before)]:
        for event in pipeline.parts(stage, upload):
            pipeline.deliver(stage, event)
    pipeline.maintain()
    for function, event in delivered:
        pipeline.deliver(function, event)
    for stage in list(HANDLERS)[list(HANDLERS).index(lost_before) + 1 :]:
        for event in pipeline.parts(stage, upload):
            pipeline.deliver(stage, event)
    assert pipeline.run(upload)["status"] == "SUCCESS"


def test_a_run_that_hangs_is_failed_with_a_sentence_and_may_still_succeed(
    pipeline: Pipeline, delivered: list[tuple[str, ObjectEvent]]
) -> None:
    pipeline.changes |= {"hang_after_minutes": 0, "redeliver_after_minutes": 0}
    upload = pipeline.upload("sales/a.csv", sales(sale()))
    pipeline.deliver("validate", upload)
    pipeline.maintain()
    run = pipeline.run(upload)
    assert (run["status"], run["failed_stage"]) == ("FAILED", "maintain")
    assert "made no progress" in run["reason"]
    pipeline.process(upload)
    assert pipeline.run(upload)["status"] == "SUCCESS"
    assert delivered


def test_parts_of_ended_runs_are_cleaned_up_and_late_repeats_are_harmless(pipeline: Pipeline) -> None:
    pipeline.changes["stage_retention_hours"] = 0
    upload = pipeline.upload("sales/a.csv", sales(sale()))
    pipeline.process(upload)
    late = [(stage, event) for stage in HANDLERS for event in pipeline.parts(stage, upload)]
    pipeline.maintain()
    assert [pipeline.parts(stage, upload) for stage in ("score", "transform", "load")] == [[], [], []]
    before = pipeline.run(upload)
    for stage, event in late:
        pipeline.deliver(stage, event)
    assert pipeline.run(upload) == before


def test_the_trouble_of_one_task_stays_its_own(pipeline: Pipeline) -> None:
    pipeline.changes["delivery_url"] = "http://127.0.0.1:9/{function}"
    pipeline.upload("sales/lost.csv", sales(sale()))
    with pytest.raises(MaintenanceError, match="deliver_missed"):
        pipeline.maintain(now=LATER)
    outcomes = {(task, outcome) for task, _, outcome in logged(pipeline)}
    assert {("make_partitions", "created"), ("deliver_missed", "failed")} <= outcomes
