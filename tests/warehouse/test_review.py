"""What people decide about held and rejected rows: it counts, once, and nothing else changes."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from functions import decisions
from functions.decisions import Decision, Filter, ReviewError
from functions.events import ObjectEvent
from tests.pipeline import Pipeline
from tests.warehouse import state
from tests.warehouse.files import customer, customers, product, products, retail, retail_line, sale, sales
from tests.warehouse.reviewing import (
    AT,
    assert_in_order,
    counts,
    decide,
    decide_and_load,
    entry,
    load_released,
    numbered,
    processed,
    whole,
)


def test_a_released_sale_counts_as_if_it_had_never_been_held(pipeline: Pipeline) -> None:
    upload = numbered(pipeline)
    assert counts(pipeline, upload) == {"loaded": 20, "held": 1, "rejected": 1}
    decided = decide(pipeline, upload, 21, "release")
    assert decided.counts == {"released": 1}
    assert counts(pipeline, upload) == {"loaded": 20, "held": 1, "rejected": 1}
    load_released(pipeline)
    assert counts(pipeline, upload) == {"loaded": 21, "rejected": 1}
    assert ("A2", Decimal(1000), 21, "sales/1.csv") in state.facts(
        pipeline, "order_id", "unit_price", "source_row", "object_name"
    )
    logged = entry(pipeline, upload, 21)
    assert (logged["review_state"], logged["review_outcome"]) == ("loaded", "loaded")
    assert (logged["reviewed_by"], logged["review_note"]) == ("ada", "because")


def test_a_released_line_joins_its_order_that_was_stated_whole(pipeline: Pipeline) -> None:
    upload = whole(pipeline)
    assert counts(pipeline, upload) == {"loaded": 12, "held": 1, "rejected": 1}
    decide_and_load(pipeline, upload, 13, "release")
    assert counts(pipeline, upload) == {"loaded": 13, "rejected": 1}
    assert state.facts(pipeline, "line_no") == [(line,) for line in range(1, 14)]


@pytest.mark.parametrize("released_first", [True, False])
def test_a_newer_delivery_stays_the_newer_one_whenever_a_row_is_released(
    pipeline: Pipeline, released_first: bool
) -> None:
    old = [numbered(pipeline), whole(pipeline)]
    new = [
        pipeline.upload("sales/2.csv", sales(sale("A2", 1, AT, "P1", "C1", price="11"))),
        pipeline.upload("sales/online-retail/2.csv", retail(retail_line("R1", "P1", 9))),
    ]
    if not released_first:
        pipeline.process(*new)
    for upload, row in zip(old, (21, 13), strict=True):
        decide_and_load(pipeline, upload, row, "release")
    pipeline.process(*new)
    facts = state.facts(pipeline, "order_id", "line_no", "unit_price", "quantity")
    assert [fact for fact in facts if fact[0] != "A1"] == [
        ("A2", 1, Decimal(11), 1),
        ("R1", 1, Decimal("2.55"), 9),
    ]
    outcomes = {
        (21 if upload is old[0] else 13): entry(pipeline, upload, row)["review_outcome"]
        for upload, row in zip(old, (21, 13), strict=True)
    }
    assert set(outcomes.values()) == {"loaded" if released_first else "superseded"}
    assert_in_order(pipeline)


@pytest.mark.parametrize(("make", "row", "correction", "net"), [
    (numbered, 22, {"quantity": "3"}, Decimal(36)),
    (whole, 14, {"Quantity": "2"}, Decimal("5.1")),
    (numbered, 21, {"unit_price": "10.5"}, Decimal("10.5")),
])  # fmt: skip
def test_a_corrected_row_counts_as_corrected(
    pipeline: Pipeline, make: type, row: int, correction: dict[str, str], net: Decimal
) -> None:
    upload = make(pipeline)
    loaded = counts(pipeline, upload)["loaded"]
    decide_and_load(pipeline, upload, row, "correct", **correction)
    assert counts(pipeline, upload)["loaded"] == loaded + 1
    assert (row, net) in state.facts(pipeline, "source_row", "net_amount")
    logged = entry(pipeline, upload, row)
    assert logged["review_state"] == "loaded"
    assert logged["corrected"] != logged["row"]


def test_a_correction_that_still_breaks_the_contract_is_refused_with_the_reason(pipeline: Pipeline) -> None:
    upload = numbered(pipeline)
    with pytest.raises(ReviewError, match="quantity: 'many' is not a whole number"):
        decide(pipeline, upload, 22, "correct", quantity="many")
    with pytest.raises(ReviewError, match=r"'colour' is no column of sales/1\.csv"):
        decide(pipeline, upload, 22, "correct", colour="red")
    assert entry(pipeline, upload, 22)["review_state"] == "open"


def test_a_released_row_that_breaks_its_contract_is_open_again_and_says_why(pipeline: Pipeline) -> None:
    upload = numbered(pipeline)
    decide_and_load(pipeline, upload, 22, "release")
    assert counts(pipeline, upload) == {"loaded": 20, "held": 1, "rejected": 1}
    logged = entry(pipeline, upload, 22)
    assert (logged["review_state"], logged["reviewed_by"]) == ("open", "load")
    assert logged["review_note"] == "quantity: 'x' is not a whole number"
    told = [
        (row.decision, row.decided_by)
        for row in decisions.history(pipeline.platforms["reviewer"].warehouse, logged["quality_id"])
    ]
    assert told == [("release", "ada"), ("return", "load")]


def test_a_row_that_could_not_be_split_is_corrected_by_naming_its_columns(pipeline: Pipeline) -> None:
    broken = sales(sale(), "A9,2,2026-01-10T10:00:00Z,P1,,1,10,,GBP,France,one,two,three")
    upload = processed(pipeline, "sales/1.csv", broken)
    if counts(pipeline, upload).get("rejected") != 1:
        pytest.skip("this reader takes it")
    decide_and_load(pipeline, upload, 2, "release")
    assert "could not be split" in entry(pipeline, upload, 2)["review_note"]
    columns = {"order_id": "A9", "line_no": "2", "sale_timestamp": AT, "product_id": "P1", "quantity": "1"}
    decide_and_load(pipeline, upload, 2, "correct", **columns, unit_price="10", currency="GBP")
    assert counts(pipeline, upload) == {"loaded": 2}


def test_a_dismissed_row_stays_out_and_can_come_back(pipeline: Pipeline) -> None:
    upload = numbered(pipeline)
    decide_and_load(pipeline, upload, 21, "dismiss")
    assert entry(pipeline, upload, 21)["review_state"] == "dismissed"
    assert counts(pipeline, upload) == {"loaded": 20, "held": 1, "rejected": 1}
    assert decide(pipeline, upload, 21, "release").counts == {"dismissed: undo that first": 1}
    decide(pipeline, upload, 21, "undo")
    decide_and_load(pipeline, upload, 21, "release")
    assert counts(pipeline, upload) == {"loaded": 21, "rejected": 1}


def test_a_decision_is_undone_until_the_row_is_loaded(pipeline: Pipeline) -> None:
    upload = numbered(pipeline)
    decide(pipeline, upload, 22, "correct", quantity="3")
    decide_and_load(pipeline, upload, 22, "undo")
    logged = entry(pipeline, upload, 22)
    assert (logged["review_state"], logged["corrected"]) == ("open", None)
    assert counts(pipeline, upload) == {"loaded": 20, "held": 1, "rejected": 1}
    decide_and_load(pipeline, upload, 21, "release")
    assert list(decide(pipeline, upload, 21, "undo").counts) == [
        "loaded already: what is in the warehouse is mended by a new delivery or a void"
    ]
    assert counts(pipeline, upload) == {"loaded": 21, "rejected": 1}


@pytest.mark.parametrize("make", [numbered, whole])
def test_releasing_and_loading_twice_counts_once(pipeline: Pipeline, make: type) -> None:
    upload = make(pipeline)
    row = 21 if make is numbered else 13
    decide(pipeline, upload, row, "release")
    assert decide(pipeline, upload, row, "release").counts == {"released already": 1}
    load_released(pipeline)
    decide_and_load(pipeline, upload, row, "release")
    assert counts(pipeline, upload)["loaded"] == (21 if make is numbered else 13)


def test_two_people_and_two_loads_at_once_count_once(pipeline: Pipeline) -> None:
    upload = numbered(pipeline)
    with ThreadPoolExecutor(4) as people:
        for _ in range(5):
            list(people.map(lambda kind: decide(pipeline, upload, 21, kind), ["undo", "release"] * 2))
        list(people.map(lambda _: decide(pipeline, upload, 21, "release"), range(2)))
        list(people.map(lambda _: load_released(pipeline), range(4)))
    assert counts(pipeline, upload) == {"loaded": 21, "rejected": 1}
    log = decisions.history(pipeline.platforms["reviewer"].warehouse, entry(pipeline, upload, 21)["quality_id"])
    kinds = [row.decision for row in log]
    # Each decision that was kept changed something: they take turns.
    assert kinds == [("release", "undo")[place % 2] for place in range(len(kinds))]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_corrected_products_and_customers_take_their_place_in_history(
    pipeline: Pipeline, order: tuple[int, int]
) -> None:
    numbered(pipeline)
    uploads = [
        processed(pipeline, "products/1.csv", products(product("P1", "2026-01-01", footprint="low"))),
        processed(pipeline, "customers/1.csv", customers(customer("C1", "first of May"))),
    ]
    processed(pipeline, "products/2.csv", products(product("P1", "2026-02-01", footprint="2")))
    corrections = [{"declared_product_kg": "1"}, {"valid_from": "2026-01-05"}]
    for place in order:
        decide_and_load(pipeline, uploads[place], 1, "correct", **corrections[place])
        assert counts(pipeline, uploads[place]) == {"loaded": 1}
    versions = pipeline.rows("SELECT product_kg FROM eco.dim_product WHERE product_id = 'P1' ORDER BY valid_from")
    assert [row["product_kg"] for row in versions] == [None, 1, 2]
    assert {(row,) for (row,) in state.facts(pipeline, "customer_from")} != {("-infinity",)}
    assert state.facts(pipeline, "order_id", "carbon_savings_kg")[0] == ("A1", Decimal(4))


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_snapshot_says_the_same_of_a_key_whichever_of_its_rows_is_released_first(
    pipeline: Pipeline, order: tuple[int, int]
) -> None:
    processed(pipeline, "products/1.csv", products(product("P1", "2026-01-15", price="50")))
    rows = [product("P1", "2026-01-01", price="11x"), product("P1", "2026-01-02", price="12x")]
    snapshot = processed(pipeline, "products/snapshot/2.csv", products(*rows, product("P2")))
    for row in order:
        decide_and_load(pipeline, snapshot, row, "correct", list_price=f"1{row}")
    assert counts(pipeline, snapshot) == {"loaded": 3}
    prices = pipeline.rows(
        "SELECT list_price FROM eco.dim_product WHERE product_id = 'P1' AND valid_from < valid_to ORDER BY valid_from"
    )
    assert [row["list_price"] for row in prices] == [None, 11, 12, 50, 12]


def test_rows_are_decided_about_by_filter(pipeline: Pipeline) -> None:
    first, second = numbered(pipeline), whole(pipeline)
    reviewer = pipeline.platforms["reviewer"]
    for wanted, rows in (
        (Filter(source="sales"), [21, 22]),
        (Filter(kind="held"), [21, 13]),
        (Filter(reason="WHOLE number"), [22, 14]),
        (Filter(run=str(second.run_id)), [13, 14]),
        (Filter(run="sales/1.csv", kind="held"), [21]),
        (Filter(state="released"), []),
        (Filter(), [21, 22, 13, 14]),
    ):
        found = decisions.find(reviewer.warehouse, wanted, 100)
        assert sorted(row.source_row for row in found) == sorted(rows)
    decided = decisions.decide(reviewer, Filter(kind="held"), Decision("release", "ada"))
    assert decided.counts == {"released": 2}
    load_released(pipeline)
    assert counts(pipeline, first)["loaded"] == 21
    assert counts(pipeline, second)["loaded"] == 13
    assert decisions.decide(reviewer, Filter([0]), Decision("release", "ada")).counts == {
        "not there, or not for review": 1
    }


def test_replay_releases_what_a_mended_contract_lets_through(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from functions import contract as contracts

    rows = [sale("A1", 1), sale("A1", 2, price="-5"), sale("A1", 3, quantity="x"), sale("A1", 4, price="-6")]
    upload: ObjectEvent = processed(pipeline, "sales/1.csv", sales(*rows))
    assert counts(pipeline, upload) == {"loaded": 1, "rejected": 3}
    replayed = decisions.replay(pipeline.platforms["reviewer"], Filter(), "ada")
    assert replayed.counts == {"still rejected": 3}
    known = contracts.for_object("sales/1.csv")
    mended = replace(
        known,
        columns=tuple(replace(c, options={}) if c.name == "unit_price" else c for c in known.columns),
    )
    monkeypatch.setattr(contracts, "contracts", lambda: (mended,))
    replayed = decisions.replay(pipeline.platforms["reviewer"], Filter(run="sales/1.csv"), "ada")
    assert replayed.counts == {"released": 2, "still rejected": 1}
    load_released(pipeline)
    assert counts(pipeline, upload) == {"loaded": 3, "rejected": 1}
