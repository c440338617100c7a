"""Absence retires only where a file is a full snapshot; deletions and re-insertions are explicit."""

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions import verify
from functions.warehouse import connect
from tests.pipeline import Pipeline
from tests.warehouse import state
from tests.warehouse.files import CUSTOMERS_HEADER, customer, customers, product, products, sale, sales

PERMUTATIONS = list(itertools.permutations(range(3)))


def delete(customer_id: str, since: str) -> str:
    return f"{CUSTOMERS_HEADER},operation\n{customer_id},{since},,,,,delete\n"


def versions(pipeline: Pipeline, customer_id: str) -> list[tuple[Any, ...]]:
    """First day, tier, whether deleted and whether current, of each stated version."""
    rows = pipeline.rows(
        """
        SELECT to_char(valid_from, 'MM-DD') AS since, loyalty_tier, is_deleted, is_current
        FROM eco.dim_customer
        WHERE customer_id = :customer_id AND valid_from < valid_to AND NOT is_inferred ORDER BY valid_from
        """,
        customer_id=customer_id,
    )
    return [tuple(row.values()) for row in rows]


@pytest.mark.parametrize("order", PERMUTATIONS)
def test_a_deleted_key_keeps_its_last_attributes_until_it_is_stated_again(
    pipeline: Pipeline, order: tuple[int, ...]
) -> None:
    uploads = [
        pipeline.upload("customers/1.csv", customers(customer("C1", "2026-01-01"))),
        pipeline.upload("customers/2.csv", delete("C1", "2026-02-01")),
        pipeline.upload("customers/3.csv", customers(customer("C1", "2026-03-01"))),
    ]
    pipeline.process(*(uploads[place] for place in order))
    assert versions(pipeline, "C1") == [
        ("01-01", "gold", False, False),
        ("02-01", "gold", True, False),
        ("03-01", "gold", False, True),
    ]


def test_a_deletion_of_what_was_never_stated_has_no_effect(pipeline: Pipeline) -> None:
    pipeline.process(pipeline.upload("customers/1.csv", delete("C1", "2026-02-01")))
    assert versions(pipeline, "C1") == []


@pytest.mark.parametrize("order", PERMUTATIONS)
def test_a_full_snapshot_retires_what_it_does_not_mention_and_nothing_else(
    pipeline: Pipeline, order: tuple[int, ...]
) -> None:
    uploads = [
        pipeline.upload("customers/1.csv", customers(customer("C1", "2026-01-01"), customer("C2", "2026-01-01"))),
        pipeline.upload("customers/snapshot/2.csv", customers(customer("C1", ""))),
        pipeline.upload("customers/3.csv", customers(customer("C3", "2026-01-01"))),
    ]
    pipeline.process(*(uploads[place] for place in order))
    assert [row[1:] for row in versions(pipeline, "C1")] == [("gold", False, True)]
    assert [row[1:] for row in versions(pipeline, "C2")] == [("gold", False, False), ("gold", True, True)]
    assert [row[1:] for row in versions(pipeline, "C3")] == [("gold", False, False), ("gold", True, True)]


def test_a_snapshot_brings_back_what_an_earlier_one_retired(pipeline: Pipeline) -> None:
    uploads = [
        pipeline.upload("customers/1.csv", customers(customer("C1", "2026-01-01"), customer("C2", "2026-01-01"))),
        pipeline.upload("customers/snapshot/2.csv", customers(customer("C2", "2026-01-01"))),
        pipeline.upload("customers/snapshot/3.csv", customers(customer("C1", "2026-01-01"), customer("C2", ""))),
    ]
    pipeline.process(*reversed(uploads))
    assert [row[2:] for row in versions(pipeline, "C1")] == [(False, False), (True, False), (False, True)]


@pytest.mark.parametrize("reverse", [False, True])
def test_a_snapshot_in_parts_retires_only_what_no_part_mentions(pipeline: Pipeline, reverse: bool) -> None:
    pipeline.changes["part_rows"] = 2
    everyone = [customer(f"C{number}", "2026-01-01") for number in range(6)]
    pipeline.process(pipeline.upload("customers/1.csv", customers(*everyone)))
    snapshot = pipeline.upload("customers/snapshot/2.csv", customers(*(customer(f"C{n}", "") for n in range(5))))
    for stage in ("validate", "score", "transform"):
        for event in pipeline.parts(stage, snapshot):
            pipeline.deliver(stage, event)
    for event in sorted(pipeline.parts("load", snapshot), key=lambda part: part.name, reverse=reverse):
        assert pipeline.value("SELECT count(*) FROM eco.dim_customer WHERE is_deleted") == 0
        pipeline.deliver("load", event)
    deleted = pipeline.rows("SELECT customer_id FROM eco.dim_customer WHERE is_deleted AND is_current")
    assert deleted == [{"customer_id": "C5"}]
    assert pipeline.value("SELECT count(*) FROM eco.snapshot_mention") == 0


@pytest.mark.parametrize("row", ["C1,not a time,gold,home,France,2020-01-01", None])
def test_a_snapshot_with_a_rejected_row_or_with_none_retires_nothing_and_says_so(
    pipeline: Pipeline, row: str | None
) -> None:
    pipeline.process(pipeline.upload("customers/1.csv", customers(customer("C1", "2026-01-01"))))
    good = [customer("C2", "")] if row else []
    snapshot = pipeline.upload("customers/snapshot/2.csv", customers(*good, *([row] if row else [])))
    pipeline.process(snapshot)
    assert versions(pipeline, "C1") == [("01-01", "gold", False, True)]
    assert "retires nothing" in pipeline.run(snapshot)["notice"]


def test_a_snapshot_with_a_rejected_row_still_states_what_it_mentions(pipeline: Pipeline) -> None:
    mentioned, rejected = customer("C1", "2026-01-01"), customer("", "2026-01-01")
    pipeline.process(
        pipeline.upload("customers/snapshot/1.csv", customers(mentioned, rejected)),
        pipeline.upload("customers/2.csv", delete("C1", "2026-02-01")),
    )
    assert [row[1:] for row in versions(pipeline, "C1")] == [
        ("gold", False, False), ("gold", True, False), ("gold", False, True),
    ]  # fmt: skip


@pytest.mark.parametrize("snapshot_is_newer", [False, True])
@pytest.mark.parametrize("reverse", [False, True])
def test_what_is_stated_for_the_instant_of_a_snapshot_is_counted_once(
    pipeline: Pipeline, snapshot_is_newer: bool, reverse: bool
) -> None:
    """The snapshot implies the same: whichever of the two takes the place of the other, the accounting holds."""
    earlier = pipeline.upload("customers/1.csv", customers(customer("C1", "2026-01-01")))
    snapshot = pipeline.upload("customers/snapshot/2.csv", customers(customer("C2", "")))
    stated = pipeline.upload("customers/3.csv", delete("C1", snapshot.uploaded_at.isoformat()))
    if snapshot_is_newer:
        stated = replace(stated, uploaded_at=snapshot.uploaded_at - timedelta(microseconds=1))
    pipeline.process(*reversed([earlier, snapshot, stated]) if reverse else (earlier, snapshot, stated))
    assert [row[1:] for row in versions(pipeline, "C1")] == [("gold", False, False), ("gold", True, True)]
    reader = connect(pipeline.settings("eco_reader"))
    assert [finding.check.name for finding in verify.verify(reader) if not finding.holds] == []


def test_a_sale_after_a_deletion_points_at_the_deleted_version_and_keeps_its_footprint(pipeline: Pipeline) -> None:
    deletion = "product_id,valid_from,product_name,operation\nP1,2026-02-01,,delete\n"
    pipeline.process(
        pipeline.upload("sales/a.csv", sales(sale(at="2026-02-10", quantity=2))),
        pipeline.upload("products/2.csv", deletion),
        pipeline.upload("products/1.csv", products(product("P1", "2026-01-01", footprint=1, baseline=3))),
    )
    assert [str(value) for (value,) in state.facts(pipeline, "carbon_savings_kg")] == ["4.000000"]
    assert pipeline.value("SELECT is_deleted FROM eco.dim_product WHERE is_current")
