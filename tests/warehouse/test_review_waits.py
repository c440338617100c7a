"""Released rows that cannot be loaded at once: of months that are away, of files in progress, of lost events."""

import contextlib
import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from functions.maintain import MaintenanceError
from functions.restore import restore_month
from functions.review import NotReleasedError
from functions.tick import Result
from tests.pipeline import Pipeline, superuser
from tests.warehouse.files import sale, sales
from tests.warehouse.reviewing import (
    AT,
    USUAL,
    assert_in_order,
    counts,
    decide,
    decide_and_load,
    entry,
    load_released,
    numbered,
    processed,
)


def test_a_row_of_an_archived_month_waits_until_the_month_is_back(pipeline: Pipeline) -> None:
    pipeline.changes["retention_months"] = 1
    upload = numbered(pipeline)
    pipeline.maintain()
    late = processed(pipeline, "sales/2.csv", sales(sale("A7", 1, AT), sale("A7", 2, "2027-01-01", quantity="x")))
    assert counts(pipeline, late) == {"rejected": 2}
    decide_and_load(pipeline, upload, 21, "release")
    decide_and_load(pipeline, late, 1, "release")
    for waiting, row in ((upload, 21), (late, 1)):
        logged = entry(pipeline, waiting, row)
        assert logged["review_state"] == "open"
        assert "`restore 2026-01`" in logged["review_note"]
    restore_month(pipeline.platforms["operator"], date(2026, 1, 1))
    decide_and_load(pipeline, upload, 21, "release")
    decide_and_load(pipeline, late, 1, "release")
    assert counts(pipeline, upload) == {"loaded": 21, "rejected": 1}
    assert counts(pipeline, late) == {"loaded": 1, "rejected": 1}


def test_rows_of_a_file_that_broke_in_the_middle_can_be_released(pipeline: Pipeline) -> None:
    pipeline.changes["part_rows"] = 20
    at = {"sale_timestamp": AT, "product_id": "P1", "quantity": 1, "unit_price": 10, "currency": "GBP"}
    rows = [{**at, "order_id": "A1", "line_no": line} for line in range(1, 41)]
    rows[3]["unit_price"], rows[5]["quantity"] = 1000, "x"
    upload = pipeline.upload("sales/1.ndjson", "\n".join(map(json.dumps, rows)) + '\n{"order_id": \n{"')
    pipeline.process(upload)
    before = counts(pipeline, upload)
    status = pipeline.run(upload)["status"]
    decide_and_load(pipeline, upload, 4, "release")
    decide_and_load(pipeline, upload, 6, "correct", quantity="1")
    after = counts(pipeline, upload)
    assert (after["loaded"], after.get("held"), status) == (before["loaded"] + 2, None, pipeline.run(upload)["status"])


def test_rows_of_a_file_in_progress_wait_until_it_has_ended(pipeline: Pipeline) -> None:
    upload = pipeline.upload("sales/1.csv", sales(*USUAL, sale("A3", 1, quantity="x")))
    pipeline.deliver("validate", upload)
    decide_and_load(pipeline, upload, 21, "correct", quantity="1")
    assert entry(pipeline, upload, 21)["review_state"] == "released"
    assert_in_order(pipeline)
    pipeline.process(upload)
    load_released(pipeline)
    assert counts(pipeline, upload) == {"loaded": 21}


def test_rows_that_fail_do_not_keep_those_of_other_uploads_waiting(pipeline: Pipeline) -> None:
    upload = numbered(pipeline)
    other = processed(pipeline, "sales/2.csv", sales(sale("B2", 1, AT, "P1", "C1", quantity="x")))
    decide(pipeline, upload, 21, "release")
    decide(pipeline, other, 1, "correct", quantity="1")
    with contextlib.closing(superuser(pipeline.home, pipeline.name)) as connection:
        connection.run("ALTER TABLE eco.fact_sales ADD CONSTRAINT unwanted CHECK (order_id <> 'A2') NOT VALID")
        with pytest.raises(NotReleasedError, match=r"rows of sales/1\.csv were not loaded"):
            load_released(pipeline)
        assert entry(pipeline, upload, 21)["review_state"] == "released"
        assert counts(pipeline, other) == {"loaded": 1}
        connection.run("ALTER TABLE eco.fact_sales DROP CONSTRAINT unwanted")
    load_released(pipeline)
    assert counts(pipeline, upload) == {"loaded": 21, "rejected": 1}


@pytest.fixture
def told(pipeline: Pipeline) -> Iterator[list[tuple[str, str]]]:
    """The functions that are told of something, and of what type it is."""
    received: list[tuple[str, str]] = []

    class Inlet(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            received.append((self.path[1:], self.headers["ce-type"]))
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


def test_load_is_told_of_a_release_at_once_and_by_maintenance_until_it_is_loaded(
    pipeline: Pipeline, told: list[tuple[str, str]]
) -> None:
    pipeline.changes["redeliver_after_minutes"] = 0
    upload = numbered(pipeline)
    decide(pipeline, upload, 22, "dismiss")
    assert told == []
    assert decide(pipeline, upload, 21, "release").is_told
    assert told == [("load", "eco.review.decided")]
    assert Result("load_released", "quality_log", "would be delivered", "1 row waited") in pipeline.maintain(
        dry_run=True
    )
    assert len(told) == 1
    assert Result("load_released", "quality_log", "delivered", "1 row waited") in pipeline.maintain()
    assert told[1:] == [("load", "eco.review.decided")]
    load_released(pipeline)
    assert "load_released" not in {result.task for result in pipeline.maintain()}


def test_a_decision_is_kept_where_load_does_not_answer(pipeline: Pipeline) -> None:
    pipeline.changes["redeliver_after_minutes"] = 0
    upload = numbered(pipeline)
    decided = decide(pipeline, upload, 21, "release")
    assert (decided.counts, decided.is_told) == ({"released": 1}, False)
    assert entry(pipeline, upload, 21)["review_state"] == "released"
    with pytest.raises(MaintenanceError, match="load_released"):
        pipeline.maintain()
