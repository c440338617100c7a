"""Type 2 history follows the time at which changes took effect, in whatever order they are told."""

import itertools
import random
from typing import Any

import pytest

from tests.pipeline import Pipeline
from tests.warehouse import state
from tests.warehouse.files import customer, customers, product, products, sale, sales


def versions(pipeline: Pipeline) -> list[tuple[Any, ...]]:
    """Begin (day), end (day) and tier of each version of C1 that is not the inferred one."""
    rows = pipeline.rows(
        """
        SELECT to_char(valid_from, 'MM-DD') AS since, to_char(valid_to, 'MM-DD') AS until, loyalty_tier, is_current
        FROM eco.dim_customer WHERE valid_from < valid_to AND NOT is_inferred ORDER BY valid_from
        """
    )
    return [(row["since"], row["until"], row["loyalty_tier"], row["is_current"]) for row in rows]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_versions_that_arrive_late_are_put_in_their_place(pipeline: Pipeline, order: tuple[int, ...]) -> None:
    changes = [("2026-01-01", "bronze"), ("2026-02-01", "silver"), ("2026-03-01", "bronze")]
    uploads = [
        pipeline.upload(f"customers/{n}.csv", customers(customer("C1", *change))) for n, change in enumerate(changes)
    ]
    pipeline.process(*(uploads[place] for place in order))
    assert versions(pipeline) == [
        ("01-01", "02-01", "bronze", False),
        ("02-01", "03-01", "silver", False),
        ("03-01", None, "bronze", True),
    ]


def test_equal_neighbours_are_one_version(pipeline: Pipeline) -> None:
    file = customers(customer("C1", "2026-01-01"), customer("C1", "2026-02-01"), customer("C1", "2026-03-01", "none"))
    pipeline.process(pipeline.upload("customers/a.csv", file))
    assert versions(pipeline) == [("01-01", "03-01", "gold", False), ("03-01", None, "none", True)]


def test_a_version_that_a_correction_takes_away_is_gone_and_its_sales_point_elsewhere(pipeline: Pipeline) -> None:
    pipeline.process(
        pipeline.upload(
            "customers/1.csv", customers(customer("C1", "2026-01-01"), customer("C1", "2026-02-01", "none"))
        ),
        pipeline.upload("sales/a.csv", sales(sale(customer="C1", at="2026-02-10"))),
        pipeline.upload("customers/2.csv", customers(customer("C1", "2026-02-01", "gold"))),
    )
    assert versions(pipeline) == [("01-01", None, "gold", True)]
    assert [str(row[0])[:10] for row in state.facts(pipeline, "customer_from")] == ["2026-01-01"]


# As long as a contract allows, in characters of four bytes that do not compress.
LONG = "".join(random.Random(0).choices([chr(code) for code in range(0x20000, 0x2A6D0)], k=499))


@pytest.mark.parametrize("key", ["O'Brien", "a|b", 'quo"te', "ünïcode 産品", LONG, "a\\b", "--;drop", "a,b;c\td"])
def test_odd_keys_are_keys_like_any_other(pipeline: Pipeline, key: str) -> None:
    """Orders, products and customers whose keys differ in the last character alone stay apart."""
    keys = [key + end for end in ("", "1", "2")]
    quoted = ['"' + text.replace('"', '""') + '"' for text in keys]
    pipeline.process(
        pipeline.upload("products/a.csv", products(*(product(text, "2026-01-01") for text in quoted))),
        pipeline.upload("customers/a.csv", customers(*(customer(text, "2026-01-01") for text in quoted))),
        pipeline.upload("sales/a.csv", sales(*(sale(order=text, product=text, customer=text) for text in quoted))),
        pipeline.upload("customers/b.csv", customers(customer(quoted[0], "2026-01-02", "silver"))),
    )
    assert sorted(state.facts(pipeline, "order_id", "product_id", "customer_id")) == sorted((k, k, k) for k in keys)
    assert pipeline.rows("SELECT customer_id FROM eco.dim_customer WHERE loyalty_tier = 'silver'") == [
        {"customer_id": key}
    ]


def test_a_file_that_does_not_mention_a_key_leaves_it_as_it_is(pipeline: Pipeline) -> None:
    pipeline.process(
        pipeline.upload("customers/1.csv", customers(customer("C1", "2026-01-01"))),
        pipeline.upload("customers/2.csv", customers(customer("C2", "2026-02-01"))),
    )
    assert pipeline.value("SELECT count(*) FROM eco.dim_customer WHERE is_current AND NOT is_inferred") == 2
