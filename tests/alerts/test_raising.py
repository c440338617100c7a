"""What becomes an alert, and when it is over."""

import contextlib
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from functions.maintain import MaintenanceError
from tests.pipeline import Pipeline, superuser
from tests.warehouse.files import sale, sales
from tests.warehouse.test_quality import sent

NO_SALES = "name,said\nJane Doe,a secret\n"


def standing(pipeline: Pipeline) -> list[tuple[str, str]]:
    rows = pipeline.rows("SELECT kind, subject FROM eco.alert WHERE closed_at IS NULL ORDER BY kind, subject")
    return [(row["kind"], row["subject"]) for row in rows]


def alert(pipeline: Pipeline) -> dict[str, Any]:
    (row,) = pipeline.rows("SELECT * FROM eco.alert")
    return row


def test_a_file_that_failed_is_an_alert_until_it_succeeds(pipeline: Pipeline) -> None:
    pipeline.process(pipeline.upload("sales/a.csv", NO_SALES))
    pipeline.process(pipeline.upload("sales/a.csv", NO_SALES))
    pipeline.maintain()
    raised = alert(pipeline)
    assert (raised["kind"], raised["object_name"], raised["seen"]) == ("failed_run", "sales/a.csv", 2)
    assert raised["what"].startswith("sales/a.csv lacks 7 of the columns that its source must have: order_id")
    assert "Jane" not in str(raised)
    pipeline.process(pipeline.upload("sales/a.csv", sales(sale())))
    pipeline.maintain()
    assert standing(pipeline) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("sales/a.json", '[{"order_id": Jane Doe}]'),
        ("sales/a.json", '[{"order_id": "A1"}] Jane Doe'),
        ("sales/a.json", '[{"Jane Doe": 1,}]'),
        ("sales/a.ndjson", "Jane Doe"),
        ("sales/a.csv", "Jane Doe,1\nJane Doe,2\n"),
        ("sales/a.xlsx", "PK\x03\x04Jane Doe"),
    ],
)
def test_an_alert_says_nothing_of_what_is_in_the_file(pipeline: Pipeline, name: str, content: str) -> None:
    pipeline.process(pipeline.upload(name, content))
    pipeline.maintain()
    raised = alert(pipeline)
    assert raised["kind"] == "failed_run"
    assert raised["what"].startswith(name)
    assert "Jane" not in str(raised)


def test_a_run_that_was_given_up_is_one_of_its_own_kind(pipeline: Pipeline) -> None:
    upload = pipeline.upload("sales/a.csv", sales(sale()))
    pipeline.deliver("validate", upload)
    pipeline.rows("UPDATE eco.pipeline_run SET heartbeat_at = '2026-01-01'", "eco_validator")
    pipeline.changes["delivery_url"] = "http://127.0.0.1:9/{function}"
    with pytest.raises(MaintenanceError, match="deliver_again"):
        pipeline.maintain()
    assert [kind for kind, _ in standing(pipeline)] == ["hanging_run"]


def test_a_file_with_many_rejected_rows_is_an_alert_until_a_better_one_comes(pipeline: Pipeline) -> None:
    good = [sale("A1", line) for line in range(1, 20)]
    pipeline.process(pipeline.upload("sales/few.csv", sales(*good, sale("A1", 20, quantity="x"))))
    pipeline.maintain()
    assert standing(pipeline) == []  # 5 % are allowed
    pipeline.process(pipeline.upload("sales/a.csv", sales(*good[1:], sale("A1", 20, quantity="Jane Doe"))))
    pipeline.maintain()
    assert alert(pipeline)["what"] == "Of 19 rows, 1 were rejected and 0 held."
    pipeline.process(pipeline.upload("sales/a.csv", sales(*good)))
    pipeline.maintain()
    assert standing(pipeline) == []


def test_a_daily_file_that_does_not_come_is_missed_and_none_on_weekends(pipeline: Pipeline) -> None:
    first = date(2024, 1, 1)  # a Monday
    silent = date(2024, 2, 9)  # the Friday of the sixth week
    told = []
    for day in (first + timedelta(days=number) for number in range(49)):
        if day.isoweekday() <= 5 and day != silent:
            sent(pipeline, day)
        if day > date(2024, 2, 2):
            pipeline.maintain(now=datetime(day.year, day.month, day.day, 23, tzinfo=UTC))
            told.append((day, [subject for _, subject in standing(pipeline)]))
    missed = {day: subjects for day, subjects in told if subjects}
    # From the day after, for three days; not on the day itself, which is not over.
    assert missed == {silent + timedelta(days=number): ["sales 2024-02-09"] for number in (1, 2, 3)}
    assert alert(pipeline)["what"] == (
        "No file of sales came on 2024-02-09, a Friday; on that weekday one came in 5 of 5 weeks before."
    )


def test_partitions_that_cannot_be_made_are_an_alert(pipeline: Pipeline) -> None:
    with contextlib.closing(superuser(pipeline.home, pipeline.name)) as connection:
        connection.run("REVOKE EXECUTE ON FUNCTION eco.ensure_sales_partition FROM eco_maintainer")
    with pytest.raises(MaintenanceError, match="make_partitions"):
        pipeline.maintain(now=datetime(2026, 1, 31, tzinfo=UTC))
    assert alert(pipeline)["what"] == "There are no partitions for 2026-01, 2026-02, 2026-03, 2026-04."


@pytest.fixture
def relay(pipeline: Pipeline) -> Iterator[dict[str, int]]:
    """A relay's dead letters by function, as its /stats tells of them."""
    import json

    dead: dict[str, int] = {}

    class Stats(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"dead": dead}).encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Stats)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pipeline.changes["dead_letter_url"] = f"http://127.0.0.1:{server.server_port}/stats"
    yield dead
    server.shutdown()
    server.server_close()


def test_dead_letters_are_an_alert_until_they_are_gone(pipeline: Pipeline, relay: dict[str, int]) -> None:
    relay["load"] = 3
    pipeline.maintain()
    assert alert(pipeline)["what"] == "3 events for the function load were given up."
    relay.clear()
    pipeline.maintain()
    assert standing(pipeline) == []


def test_a_relay_that_does_not_answer_keeps_no_other_alert_from_being_raised(pipeline: Pipeline) -> None:
    pipeline.changes["dead_letter_url"] = "http://127.0.0.1:9/stats"
    pipeline.process(pipeline.upload("sales/a.csv", NO_SALES))
    with pytest.raises(MaintenanceError, match="raise_alerts of dead_letter"):
        pipeline.maintain()
    assert [kind for kind, _ in standing(pipeline)] == ["failed_run"]


def test_a_dry_run_raises_none(pipeline: Pipeline) -> None:
    pipeline.process(pipeline.upload("sales/a.csv", NO_SALES))
    told = {(result.task, result.target, result.outcome) for result in pipeline.maintain(dry_run=True)}
    assert ("raise_alerts", "failed_run", "would be raised") in told
    assert standing(pipeline) == []
