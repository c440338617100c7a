"""Maintenance: partitions, retention, lost events, hanging runs, clean-up; each task's trouble stays its own."""

import contextlib
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import sqlalchemy

from functions.events import ObjectEvent, from_object_resource
from functions.gcs_store import CloudStorage
from functions.maintain import MaintenanceError
from functions.restore import restore_month
from functions.tick import Result
from functions.warehouse import connect
from tests.pipeline import HANDLERS, Pipeline, superuser
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
    reach = f"partitions up to {months[-1].replace('_', '-')}"
    made = pipeline.maintain(now=now)
    assert partitions(pipeline) == months
    assert made[0] == Result("make_partitions", "fact_sales", "done", f"4 months made, {reach}")
    assert pipeline.maintain(now=now) == [
        Result("make_partitions", "fact_sales", "done", f"0 months made, {reach}"),
        Result("drain_default", "fact_sales", "done", "the default partition is empty"),
    ]


def test_partitions_ahead_are_counted_from_today_not_from_the_newest_data(pipeline: Pipeline) -> None:
    pipeline.process(pipeline.upload("sales/a.csv", sales(sale(at="2019-05-01"), sale(line=2, at="2031-05-01"))))
    pipeline.maintain(now=datetime(2026, 1, 15, tzinfo=UTC))
    assert partitions(pipeline) == ["2019_05", "2026_01", "2026_02", "2026_03", "2026_04", "2031_05"]


@pytest.mark.parametrize("year", [1996, 2031])
def test_a_file_for_any_month_loads_without_waiting_for_the_schedule(pipeline: Pipeline, year: int) -> None:
    pipeline.process(pipeline.upload("sales/a.csv", sales(sale(at=f"{year}-12-31T23:59:59.999999Z"))))
    assert partitions(pipeline) == [f"{year}_12"]
    assert pipeline.value("SELECT count(*) FROM eco.fact_sales_default") == 0


def stray(pipeline: Pipeline, at: str) -> None:
    """Write a sale past the load path, as no function does."""
    copy = """
        INSERT INTO eco.fact_sales
        SELECT
            'stray', line_no, CAST(:at AS timestamptz), CAST(:at AS timestamptz)::date, product_key, customer_key,
            quantity, unit_price, discount_rate, net_amount, currency, country, carbon_savings_kg, run_id, source_row
        FROM eco.fact_sales
        LIMIT 1
    """
    pipeline.rows(copy, "eco_loader", at=at)


def in_default(pipeline: Pipeline) -> int:
    return int(pipeline.value("SELECT count(*) FROM eco.fact_sales_default"))


def test_one_row_in_the_default_partition_does_not_stop_the_maintenance_of_anything_else(pipeline: Pipeline) -> None:
    pipeline.changes["retention_months"] = 2
    pipeline.process(pipeline.upload("sales/a.csv", sales(sale(), sale(line=2, at="2025-10-01"))))
    for at in ("2026-02-01T00:00:00Z", "2027-05-31T23:59:59.999999Z"):
        stray(pipeline, at)
    assert in_default(pipeline) == 2
    results = pipeline.maintain(now=datetime(2026, 1, 15, tzinfo=UTC))
    assert in_default(pipeline) == 0
    assert partitions(pipeline) == ["2026_01", "2026_02", "2026_03", "2026_04", "2027_05"]
    # The month ahead was drained in being made.
    assert results[1] == Result("drain_default", "fact_sales", "done", "1 row of 1 month moved")
    assert [(result.task, result.target) for result in results[2:]] == [
        ("retain", "2025-10"),
        ("sum_months", "fact_sales"),
    ]
    assert len(state.facts(pipeline, "order_id")) == 3


def test_a_row_of_an_archived_month_in_the_default_partition_is_told_until_the_month_is_restored(
    pipeline: Pipeline,
) -> None:
    pipeline.changes["retention_months"] = 2
    now = datetime(2026, 1, 15, tzinfo=UTC)
    pipeline.process(pipeline.upload("sales/a.csv", sales(sale(), sale(line=2, at="2025-10-01"))))
    pipeline.maintain(now=now)
    stray(pipeline, "2025-10-02")
    stray(pipeline, "2027-05-01")
    with pytest.raises(MaintenanceError, match="drain_default of 2025-10: 1 row of this archived month"):
        pipeline.maintain(now=now)
    assert in_default(pipeline) == 1
    restore_month(pipeline.platforms["operator"], date(2025, 10, 1))
    pipeline.maintain(now=now)
    assert in_default(pipeline) == 0
    assert len(state.facts(pipeline, "order_id")) == 4


def test_a_lock_left_behind_by_a_crashed_maintenance_does_not_make_later_runs_do_nothing(pipeline: Pipeline) -> None:
    pipeline.changes["retention_months"] = 2
    pipeline.process(pipeline.upload("sales/a.csv", sales(sale(), sale(line=2, at="2025-10-01"))))
    crashed = connect(pipeline.settings("eco_maintainer"))
    with (
        contextlib.closing(superuser(pipeline.home, pipeline.name)) as connection,
        pytest.raises(sqlalchemy.exc.DBAPIError),
        crashed.transaction() as transaction,
    ):
        assert transaction.value("maintain/own_month", first_day=date(2025, 10, 1))
        assert transaction.value("partition/ensure", first_day=date(2026, 2, 1))
        holders = """
            SELECT DISTINCT pid
            FROM pg_locks INNER JOIN pg_database ON pg_locks.database = pg_database.oid
            WHERE locktype = 'advisory' AND datname = current_database()
        """
        [[holder]] = connection.run(holders)
        connection.run("SELECT pg_terminate_backend(:pid)", pid=holder)
        transaction.value("local/now")
    crashed.engine.dispose()
    results = pipeline.maintain(now=datetime(2026, 1, 15, tzinfo=UTC))
    assert results[0].detail == "3 months made, partitions up to 2026-04"
    assert partitions(pipeline) == ["2026_01", "2026_02", "2026_03", "2026_04"]


def test_trouble_with_one_month_stays_its_own(pipeline: Pipeline) -> None:
    pipeline.changes["retention_months"] = 2
    now = datetime(2026, 3, 15, tzinfo=UTC)
    rows = [sale(line=line, at=f"2025-{line}-15") for line in (10, 11, 12)]
    pipeline.process(pipeline.upload("sales/a.csv", sales(*rows)))
    with contextlib.closing(superuser(pipeline.home, pipeline.name)) as connection:
        connection.run("BEGIN")
        connection.run("LOCK TABLE eco.fact_sales_2025_11 IN ROW EXCLUSIVE MODE")
        with pytest.raises(MaintenanceError, match=r"^retain of 2025-11: .*lock timeout \(SQLSTATE 55P03\)$"):
            pipeline.maintain(now=now)
        retained = [(target, outcome) for task, target, outcome in logged(pipeline) if task == "retain"]
        assert retained == [("2025-10", "archived"), ("2025-11", "failed"), ("2025-12", "archived")]
        assert state.facts(pipeline, "line_no") == [(11,)]
        archives = CloudStorage(pipeline.client).list(f"{pipeline.name}-archive")
        assert [archive.name.split("/")[1] for archive in archives] == ["2025_10", "2025_12"]
    pipeline.maintain(now=now)
    assert state.facts(pipeline, "line_no") == []


def test_a_dry_run_changes_nothing(pipeline: Pipeline, delivered: list[tuple[str, ObjectEvent]]) -> None:
    pipeline.changes |= {"retention_months": 2, "stage_retention_hours": 0, "redeliver_after_minutes": 0}
    pipeline.changes["hang_after_minutes"] = 0
    done, hanging = pipeline.upload("sales/a.csv", sales(sale(at="2025-10-01"))), pipeline.upload("sales/b.csv", "")
    pipeline.process(done)
    pipeline.deliver("validate", pipeline.upload("sales/c.csv", sales(sale())))
    stray(pipeline, "2027-05-01")

    def everything() -> list[object]:
        tables = (
            "pipeline_run",
            "fact_sales",
            "maintenance_log",
            "sales_archive",
            "sales_partition",
            "monthly_country_sales",
        )
        buckets = ("raw", "validated", "scored", "curated", "archive")
        store = CloudStorage(pipeline.client)
        return [
            *(pipeline.rows(f"SELECT * FROM eco.{table}") for table in tables),  # noqa: S608 - names from here
            *(list(store.list(f"{pipeline.name}-{bucket}")) for bucket in buckets),
        ]

    before = everything()
    results = pipeline.maintain(now=datetime(2027, 1, 15, tzinfo=UTC), dry_run=True)
    assert everything() == before
    assert delivered == []
    assert [(result.task, result.target, result.outcome) for result in results] == [
        ("make_partitions", "fact_sales", "would be done"),
        ("drain_default", "fact_sales", "would be done"),
        ("retain", "2025-10", "would be archived"),
        ("sum_months", "fact_sales", "would be summed"),
        ("deliver_missed", hanging.name, "would be delivered"),
        ("deliver_again", "sales/c.csv", "would be delivered"),
        ("fail_hanging", "sales/c.csv", "would be given up"),
        ("clean_stages", f"{pipeline.name}-validated", "would be deleted"),
        ("clean_stages", f"{pipeline.name}-scored", "would be deleted"),
        ("clean_stages", f"{pipeline.name}-curated", "would be deleted"),
    ]
    assert results[0].detail == "4 months made, partitions up to 2027-04"


def test_deliveries_that_nobody_takes_are_not_tried_one_by_one(pipeline: Pipeline) -> None:
    pipeline.changes["delivery_url"] = "http://127.0.0.1:9/{function}"
    for name in ("sales/a.csv", "sales/b.csv"):
        pipeline.upload(name, sales(sale()))
    with pytest.raises(MaintenanceError, match="deliver_missed of -"):
        pipeline.maintain(now=LATER)
    assert [target for task, target, _ in logged(pipeline) if task == "deliver_missed"] == ["-"]


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
    assert {("make_partitions", "done"), ("deliver_missed", "failed")} <= outcomes
