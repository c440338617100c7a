"""Deliveries: repeated, corrected, out of order, interrupted. The warehouse ends up the same."""

import json
from decimal import Decimal

import pytest

from functions.events import ObjectEvent
from functions.load import LOGGED_ROWS
from tests.pipeline import HANDLERS, Pipeline
from tests.warehouse import state
from tests.warehouse.files import product, products, retail, retail_line, sale, sales

RECORD = {
    "order_id": "A1", "sale_timestamp": "2026-01-10", "product_id": "P1", "quantity": 1, "unit_price": 10,
    "currency": "GBP",
}  # fmt: skip


def counts(pipeline: Pipeline, upload: ObjectEvent) -> dict[str, int]:
    run = pipeline.run(upload)
    assert run["status"] == "SUCCESS", run["reason"]
    names = ("read", "loaded", "unchanged", "superseded", "rejected", "held")
    return {name: run[f"rows_{name}"] for name in names if run[f"rows_{name}"]}


def test_a_file_becomes_facts_rejected_rows_and_a_ledger_entry(pipeline: Pipeline) -> None:
    upload = pipeline.upload(
        "sales/a.csv", sales(sale(quantity=3, price="2.5", discount="0.1"), sale(line=2, quantity="x"))
    )
    pipeline.process(upload)
    assert counts(pipeline, upload) == {"read": 2, "loaded": 1, "rejected": 1}
    assert state.facts(pipeline, "order_id", "line_no", "net_amount", "source_row") == [("A1", 1, Decimal("6.75"), 1)]
    assert state.quality(pipeline) == [("rejected", 2)]


@pytest.mark.parametrize("stage", HANDLERS)
def test_a_repeated_event_changes_nothing(pipeline: Pipeline, stage: str) -> None:
    upload = pipeline.upload("sales/a.csv", sales(sale(), sale(line=2, quantity="x")))
    pipeline.process(upload)
    before, run = state.of(pipeline), pipeline.run(upload)
    for event in pipeline.parts(stage, upload):
        pipeline.deliver(stage, event)
    assert state.of(pipeline) == before
    assert pipeline.run(upload) == run
    assert state.quality(pipeline) == [("rejected", 2)]


def test_a_newer_delivery_of_a_line_wins_whichever_is_loaded_first(pipeline: Pipeline) -> None:
    old = pipeline.upload("sales/old.csv", sales(sale(quantity=1), sale(line=2)))
    new = pipeline.upload("sales/new.csv", sales(sale(quantity=5), sale(line=2)))
    pipeline.process(new, old)
    assert counts(pipeline, new) == {"read": 2, "loaded": 2}
    assert counts(pipeline, old) == {"read": 2, "unchanged": 1, "superseded": 1}
    assert state.facts(pipeline, "line_no", "quantity", "object_name") == [
        (1, 5, "sales/new.csv"),
        (2, 1, "sales/new.csv"),
    ]
    assert state.quality(pipeline) == [("superseded", 1)]


def test_what_a_correction_replaces_stays_visible(pipeline: Pipeline) -> None:
    old = pipeline.upload("sales/old.csv", sales(sale(quantity=1), sale(line=2)))
    new = pipeline.upload("sales/new.csv", sales(sale(quantity=5), sale(line=2)))
    pipeline.process(old, new)
    assert counts(pipeline, new) == {"read": 2, "loaded": 1, "unchanged": 1}
    superseded = pipeline.rows("SELECT run_id, row FROM eco.quality_log WHERE kind = 'superseded'")
    assert [(row["run_id"], row["row"]["quantity"]) for row in superseded] == [(old.run_id, 1)]


def test_a_line_stated_twice_in_one_file_counts_once_as_last_stated(pipeline: Pipeline) -> None:
    upload = pipeline.upload("sales/a.csv", sales(sale(quantity=1), sale(quantity=2), sale(quantity=2)))
    pipeline.process(upload)
    assert counts(pipeline, upload) == {"read": 3, "loaded": 1, "unchanged": 1, "superseded": 1}
    assert state.facts(pipeline, "quantity", "source_row") == [(2, 3)]


def test_without_line_numbers_equal_lines_of_an_order_are_separate(pipeline: Pipeline) -> None:
    upload = pipeline.upload("sales/online-retail/a.csv", retail(retail_line(), retail_line(), retail_line(quantity=1)))
    pipeline.process(upload)
    assert counts(pipeline, upload) == {"read": 3, "loaded": 3}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_without_line_numbers_the_newest_delivery_replaces_the_order_whole(
    pipeline: Pipeline, order: tuple[int, int]
) -> None:
    uploads = [
        pipeline.upload("sales/online-retail/1.csv", retail(retail_line(), retail_line(), retail_line("7", "X"))),
        pipeline.upload("sales/online-retail/2.csv", retail(retail_line(code="NEW"), retail_line())),
    ]
    pipeline.process(*(uploads[place] for place in order))
    assert state.facts(pipeline, "order_id", "product_id") == [("536365", "NEW"), ("536365", "85123A"), ("7", "X")]
    superseded = pipeline.rows("SELECT run_id FROM eco.quality_log WHERE kind = 'superseded'")
    assert [row["run_id"] for row in superseded] == [uploads[0].run_id]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_product_that_only_a_superseded_sale_names_is_known(pipeline: Pipeline, order: tuple[int, int]) -> None:
    uploads = [
        pipeline.upload("sales/old.csv", sales(sale(product="P1"))),
        pipeline.upload("sales/new.csv", sales(sale(product="P2"))),
    ]
    pipeline.process(*(uploads[place] for place in order))
    known = pipeline.rows("SELECT product_id FROM eco.dim_product ORDER BY product_id")
    assert [row["product_id"] for row in known] == ["P1", "P2"]


def test_the_same_bytes_again_are_unchanged(pipeline: Pipeline) -> None:
    data = retail(retail_line(), retail_line(), retail_line("7", "X"))
    first = pipeline.upload("sales/online-retail/1.csv", data)
    pipeline.process(first)
    again = pipeline.upload("sales/online-retail/1.csv", data)
    pipeline.process(again)
    assert counts(pipeline, again) == {"read": 3, "unchanged": 3}
    assert state.quality(pipeline) == []


def test_an_order_may_come_back_on_another_day(pipeline: Pipeline) -> None:
    pipeline.process(
        pipeline.upload("sales/online-retail/1.csv", retail(retail_line())),
        pipeline.upload("sales/online-retail/2.csv", retail(retail_line(day="2010-12-02"))),
    )
    assert len(state.facts(pipeline, "order_id")) == 2


def test_parts_in_any_order_make_one_run(pipeline: Pipeline) -> None:
    pipeline.changes["part_rows"] = 2
    upload = pipeline.upload("sales/a.csv", sales(*(sale(line=line) for line in range(1, 8))))
    for stage in HANDLERS:
        for event in reversed(pipeline.parts(stage, upload)):
            pipeline.deliver(stage, event)
            pipeline.deliver(stage, event)
    assert counts(pipeline, upload) == {"read": 7, "loaded": 7}
    assert pipeline.run(upload)["parts_total"] == 4


def test_a_run_is_running_until_its_last_part_is_in(pipeline: Pipeline) -> None:
    pipeline.changes["part_rows"] = 1
    upload = pipeline.upload("sales/a.csv", sales(sale(), sale(line=2)))
    for stage in ("validate", "score", "transform"):
        for event in pipeline.parts(stage, upload):
            pipeline.deliver(stage, event)
    first, last = pipeline.parts("load", upload)
    pipeline.deliver("load", first)
    assert (pipeline.run(upload)["status"], len(state.facts(pipeline, "line_no"))) == ("RUNNING", 1)
    pipeline.deliver("load", last)
    assert pipeline.run(upload)["status"] == "SUCCESS"


def test_anomalous_rows_are_held_with_score_model_and_reason(pipeline: Pipeline) -> None:
    rows = [sale(line=line) for line in range(1, 11)]
    upload = pipeline.upload("sales/a.csv", sales(*rows, sale(line=11, price="1000")))
    pipeline.process(upload)
    assert counts(pipeline, upload) == {"read": 11, "loaded": 10, "held": 1}
    held = pipeline.rows("SELECT * FROM eco.quality_log")[0]
    assert (held["kind"], held["source_row"], held["review_state"]) == ("held", 11, "open")
    assert held["reason"] == "unit price 1,000.00 is 100 times the usual 10.00 for P1"
    assert held["score"] > 6
    assert held["model_version"] == "batch-2"
    assert Decimal(held["row"]["unit_price"]) == 1000


def test_more_anomalous_rows_than_are_logged_at_once_are_logged_once_each(pipeline: Pipeline) -> None:
    usual, wrong = 3 * LOGGED_ROWS, LOGGED_ROWS + 1
    prices = ["10"] * usual + ["1000"] * wrong
    rows = [sale(f"A{number}", price=price) for number, price in enumerate(prices)]
    upload = pipeline.upload("sales/a.csv", sales(*rows))
    pipeline.process(upload)
    assert counts(pipeline, upload) == {"read": usual + wrong, "loaded": usual, "held": wrong}
    held = pipeline.rows("SELECT source_row FROM eco.quality_log ORDER BY source_row")
    assert [row["source_row"] for row in held] == list(range(usual + 1, usual + wrong + 1))


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("sales/a.csv", "", "is empty"),
        ("sales/a.xlsx", "order_id\n", "named as an Excel workbook"),
        ("suppliers/a.csv", "x\n1\n", "No contract matches"),
        ("sales/a.csv", "a,b\n1,2\n", "lacks 7 of the columns"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_failed_run_with_a_sentence(
    pipeline: Pipeline, name: str, data: str, reason: str
) -> None:
    bad = pipeline.upload(name, data)
    good = pipeline.upload("sales/good.csv", sales(sale()))
    pipeline.process(bad, good)
    run = pipeline.run(bad)
    assert (run["status"], run["failed_stage"]) == ("FAILED", "validate")
    assert reason in run["reason"]
    assert counts(pipeline, good) == {"read": 1, "loaded": 1}


def test_a_file_that_breaks_in_the_middle_fails_and_says_how_far_it_is_loaded(pipeline: Pipeline) -> None:
    pipeline.changes["part_rows"] = 1000
    rows = [{**RECORD, "line_no": line} for line in range(1, 45_001)]
    upload = pipeline.upload("sales/a.json", json.dumps(rows)[:-100])
    pipeline.process(upload)
    run = pipeline.run(upload)
    assert run["status"] == "FAILED"
    assert run["reason"].endswith("What comes before that place is loaded up to row 39,000, the rest is not.")
    assert pipeline.value("SELECT count(*) FROM eco.fact_sales") == 39_000


def test_a_header_without_rows_is_a_success_with_zero_rows(pipeline: Pipeline) -> None:
    upload = pipeline.upload("sales/a.csv", sales())
    pipeline.process(upload)
    assert counts(pipeline, upload) == {}


def test_an_upload_that_was_replaced_before_it_was_read_says_so(pipeline: Pipeline) -> None:
    old = pipeline.upload("sales/a.csv", sales(sale()))
    new = pipeline.upload("sales/a.csv", sales(sale(), sale(line=2)))
    pipeline.process(old, new)
    assert "was replaced or deleted" in pipeline.run(old)["reason"]
    assert counts(pipeline, new) == {"read": 2, "loaded": 2}


def test_a_product_file_after_its_sales_fills_in_what_they_saved(pipeline: Pipeline) -> None:
    pipeline.process(
        pipeline.upload("sales/a.csv", sales(sale(quantity=2), sale(line=2, quantity=-1, at="2026-03-01"))),
        pipeline.upload(
            "products/a.csv", products(product(since="2026-01-01"), product(since="2026-02-01", footprint="2"))
        ),
    )
    assert state.facts(pipeline, "line_no", "carbon_savings_kg") == [(1, Decimal(4)), (2, Decimal(-1))]


def test_a_sale_before_the_first_known_version_points_at_an_inferred_one(pipeline: Pipeline) -> None:
    pipeline.process(
        pipeline.upload("products/a.csv", products(product(since="2026-02-01"))),
        pipeline.upload("sales/a.csv", sales(sale())),
    )
    assert state.facts(pipeline, "carbon_savings_kg") == [(None,)]
    versions = pipeline.rows("SELECT is_inferred, is_current FROM eco.dim_product ORDER BY valid_from")
    assert versions == [{"is_inferred": True, "is_current": False}, {"is_inferred": False, "is_current": True}]
