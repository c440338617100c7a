"""Reviews rows in a test's own warehouse as a person does, and loads what was released as the function does."""

from __future__ import annotations

from typing import Any

from functions import decisions, review, verify
from functions.decisions import Decided, Decision, Filter
from functions.events import ObjectEvent
from functions.warehouse import connect
from tests.pipeline import Pipeline
from tests.warehouse.files import retail, retail_line, sale, sales

AT = "2026-01-10T10:00:00Z"
USUAL = [sale("A1", line, AT, "P1", "C1", quantity=line % 3 + 1) for line in range(1, 21)]
HELD = sale("A2", 1, AT, "P1", "C1", price="1000")
REJECTED = sale("A3", 1, AT, "P1", "C1", quantity="x", price="12")
RETAIL_USUAL = [retail_line("R1", "P1", 1 + line % 3) for line in range(12)]
RETAIL_HELD = retail_line("R1", "P1", 2, price="2550")
RETAIL_REJECTED = "R1,P1,LANTERN,two,2010-12-01 08:26:00,2.55,17850.0,United Kingdom"


def numbered(pipeline: Pipeline) -> ObjectEvent:
    """Sales whose lines are numbered: twenty usual ones, row 21 is held and row 22 rejected."""
    return processed(pipeline, "sales/1.csv", sales(*USUAL, HELD, REJECTED))


def whole(pipeline: Pipeline) -> ObjectEvent:
    """An order stated whole: twelve usual lines, row 13 is held and row 14 rejected."""
    return processed(pipeline, "sales/online-retail/1.csv", retail(*RETAIL_USUAL, RETAIL_HELD, RETAIL_REJECTED))


def processed(pipeline: Pipeline, name: str, content: str) -> ObjectEvent:
    upload = pipeline.upload(name, content)
    pipeline.process(upload)
    return upload


def entry(pipeline: Pipeline, upload: ObjectEvent, source_row: int) -> dict[str, Any]:
    """What the log has of a row that can be reviewed."""
    return pipeline.rows(
        "SELECT * FROM eco.quality_log"
        " WHERE run_id = :run_id AND source_row = :source_row AND review_state IS NOT NULL",
        run_id=upload.run_id,
        source_row=source_row,
    )[0]


def decide(pipeline: Pipeline, upload: ObjectEvent, source_row: int, kind: str, **correction: str) -> Decided:
    """Decide about one row; the load function is not told yet."""
    wanted = Filter([entry(pipeline, upload, source_row)["quality_id"]])
    decision = Decision(kind, "ada", "because", correction or None)
    return decisions.decide(pipeline.platforms["reviewer"], wanted, decision)


def decide_and_load(pipeline: Pipeline, upload: ObjectEvent, source_row: int, kind: str, **correction: str) -> None:
    decide(pipeline, upload, source_row, kind, **correction)
    load_released(pipeline)


def load_released(pipeline: Pipeline) -> None:
    """What the event of a decision starts."""
    review.handle(pipeline.platforms["load"])


def counts(pipeline: Pipeline, upload: ObjectEvent) -> dict[str, int]:
    """What the run counts, without zeros; that it adds up and is in order is checked on the way."""
    assert_in_order(pipeline)
    run = pipeline.run(upload)
    names = ("loaded", "unchanged", "superseded", "rejected", "held")
    found = {name: run[f"rows_{name}"] for name in names if run[f"rows_{name}"]}
    assert run["status"] != "SUCCESS" or run["rows_read"] == sum(found.values())
    return found


def assert_in_order(pipeline: Pipeline) -> None:
    found = verify.verify(connect(pipeline.settings("eco_reader")))
    assert [(finding.check.name, finding.example) for finding in found if not finding.holds] == []
