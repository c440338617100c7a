"""Voids and whole-order statements are deliveries too: remembered, and in any order of arrival."""

import itertools

import pytest

from functions.events import ObjectEvent
from tests.pipeline import Pipeline
from tests.warehouse import state
from tests.warehouse.files import SALES_HEADER, retail, retail_line, sale, sales


def voids(*keys: tuple[str, int, str]) -> str:
    rows = (f"{order},{line},{at},,,,,,,,void" for order, line, at in keys)
    return "\n".join([SALES_HEADER + ",operation", *rows]) + "\n"


AT = "2026-01-10T10:00:00Z"


def outcome(pipeline: Pipeline, upload: ObjectEvent) -> dict[str, int]:
    run = pipeline.run(upload)
    assert run["status"] == "SUCCESS", run["reason"]
    return {name: run[f"rows_{name}"] for name in ("loaded", "unchanged", "superseded") if run[f"rows_{name}"]}


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_void_takes_back_what_is_older_and_nothing_newer(pipeline: Pipeline, order: tuple[int, ...]) -> None:
    uploads = [
        pipeline.upload("sales/1.csv", sales(sale(line=1, at=AT), sale(line=2, at=AT))),
        pipeline.upload("sales/2.csv", voids(("A1", 1, AT), ("A1", 2, AT))),
        pipeline.upload("sales/3.csv", sales(sale(line=2, at=AT, quantity=4))),
    ]
    pipeline.process(*(uploads[place] for place in order))
    assert state.facts(pipeline, "line_no", "quantity") == [(2, 4)]
    assert all(pipeline.run(upload)["status"] == "SUCCESS" for upload in uploads)


def test_a_voided_line_stays_visible_in_the_quality_log(pipeline: Pipeline) -> None:
    pipeline.process(
        pipeline.upload("sales/1.csv", sales(sale(at=AT))), pipeline.upload("sales/2.csv", voids(("A1", 1, AT)))
    )
    assert state.facts(pipeline, "line_no") == []
    assert state.quality(pipeline) == [("superseded", 1)]


def test_a_void_that_arrives_twice_is_unchanged_the_second_time(pipeline: Pipeline) -> None:
    first, second = (pipeline.upload(f"sales/{n}.csv", voids(("A1", 1, AT))) for n in (1, 2))
    pipeline.process(second, first)
    assert outcome(pipeline, second) == {"loaded": 1}
    assert outcome(pipeline, first) == {"unchanged": 1}


def test_a_sale_that_moves_in_time_is_a_void_and_a_new_sale(pipeline: Pipeline) -> None:
    later = "2026-02-03T10:00:00Z"
    file = voids(("A1", 1, AT)) + f"A1,1,{later},P1,,1,10,,GBP,France,\n"
    moved, original = pipeline.upload("sales/0.csv", sales(sale(at=AT))), pipeline.upload("sales/1.csv", file)
    pipeline.process(original, moved)
    assert [str(row[0])[:10] for row in state.facts(pipeline, "sale_timestamp")] == ["2026-02-03"]


def test_a_void_without_its_key_is_rejected(pipeline: Pipeline) -> None:
    upload = pipeline.upload("sales/a.csv", voids(("", 1, AT)))
    pipeline.process(upload)
    assert pipeline.run(upload)["rows_rejected"] == 1


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_correction_of_a_line_applies_on_top_of_the_order_stated_whole(
    pipeline: Pipeline, order: tuple[int, ...]
) -> None:
    day = "2026-01-10"
    uploads = [
        pipeline.upload("sales/1.csv", sales(sale("R1", line=9, at=f"{day}T09:00:00Z"))),
        pipeline.upload(
            "sales/online-retail/2.csv", retail(retail_line("R1", "P1", day=day), retail_line("R1", "P2", day=day))
        ),
        pipeline.upload("sales/3.csv", sales(sale("R1", line=2, at=f"{day}T08:26:00Z", product="P9", quantity=7))),
    ]
    pipeline.process(*(uploads[place] for place in order))
    assert state.facts(pipeline, "line_no", "product_id") == [(1, "P1"), (2, "P9")]


def test_an_older_statement_of_an_order_does_not_come_back_after_its_newer_lines_were_voided(
    pipeline: Pipeline,
) -> None:
    day = "2026-01-10"
    old = pipeline.upload("sales/online-retail/1.csv", retail(retail_line("R1", "P1", day=day)))
    new = pipeline.upload("sales/online-retail/2.csv", retail(retail_line("R1", "P2", day=day)))
    void = pipeline.upload("sales/3.csv", voids(("R1", 1, f"{day}T08:26:00Z")))
    pipeline.process(new, void, old)
    assert state.facts(pipeline, "line_no") == []
