"""Sales that touch nothing old are copied straight into the facts; what comes out is what weighing them gives."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
import sqlalchemy
from hypothesis import given
from hypothesis import strategies as st

from functions import carbon, verify
from functions.copying import as_array
from functions.sql import query
from tests.pipeline import Pipeline
from tests.warehouse import state
from tests.warehouse.files import SALES_HEADER, customer, customers, product, products, sale, sales

AWKWARD = "C'\"\\,{2}"
AWKWARD_CELL = '"C\'""\\,{2}"'
PRODUCTS = products(
    product(since="2026-01-01", footprint="0.123456", baseline="1.000001"),
    product(since="2026-01-10T12:00:00Z", footprint=""),
    product("P2", since="2026-01-11", footprint="1", baseline="0.5"),
)
CUSTOMERS = customers(customer(since="2026-01-10"), customer(AWKWARD_CELL, since="2026-01-01", tier="silver"))
SALES = sales(
    sale(customer="C1", quantity=3),
    sale(line=2, at="2026-01-10T12:00:00Z", customer="C9"),
    sale(line=3, at="2026-01-09T23:59:59.999999Z", quantity=-2, price="0.333333", discount="0.05", customer="C1"),
    sale("A2", at="2026-01-31T23:59:59Z", product="P2", customer=AWKWARD_CELL, currency="EUR"),
    sale("A3", at="2025-12-31T23:59:59Z", product="unknown"),
)
# By hand: quantity x (baseline - footprint), and quantity x price x (1 - discount).
FACTS = [
    ("A1", 1, "P1", Decimal("2.629635"), "C1", 2026, Decimal(30)),
    ("A1", 2, "P1", None, "C9", None, Decimal(10)),
    ("A1", 3, "P1", Decimal("-1.753090"), "C1", None, Decimal("-0.633333")),
    ("A2", 1, "P2", Decimal("-0.5"), AWKWARD, 2026, Decimal(10)),
    ("A3", 1, "unknown", None, None, None, Decimal(10)),
]
NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
VOID = f"{SALES_HEADER},operation\nZ9,1,2026-01-10T10:00:00Z,,,,,,,,void\n"


@pytest.mark.parametrize("before", [None, VOID])
def test_versions_money_and_carbon_are_the_same_either_way(pipeline: Pipeline, before: str | None) -> None:
    for name, text in [("products", PRODUCTS), ("customers", CUSTOMERS), *([("sales", before)] if before else [])]:
        pipeline.process(pipeline.upload(f"{name}/before.csv", text))
    pipeline.process(pipeline.upload("sales/a.csv", SALES))
    names = ("order_id", "line_no", "product_id", "carbon_savings_kg", "customer_id", "customer_from", "net_amount")
    found = [(*row[:5], getattr(row[5], "year", None), row[6]) for row in state.facts(pipeline, *names)]
    assert found == FACTS
    assert [finding for finding in verify.verify(pipeline.platforms["operator"].warehouse) if not finding.holds] == []


def test_where_only_one_line_is_there_already_the_others_are_loaded_all_the_same(pipeline: Pipeline) -> None:
    uploads = [
        pipeline.upload("sales/old.csv", sales(sale(line=3))),
        pipeline.upload("sales/new.csv", sales(*(sale(line=line) for line in range(1, 5)))),
    ]
    pipeline.process(*uploads)
    run = pipeline.run(uploads[1])
    assert (run["status"], run["rows_loaded"], run["rows_unchanged"]) == ("SUCCESS", 3, 1)
    assert [line for (line,) in state.facts(pipeline, "line_no")] == [1, 2, 3, 4]


def test_the_sums_of_days_that_have_some_grow_and_those_of_other_days_begin(pipeline: Pipeline) -> None:
    """Both in one part, of two days; P1 has another version from noon of the first on."""
    first, second = "2026-01-10T10:00:00Z", "2026-01-11T10:00:00Z"
    pipeline.process(pipeline.upload("products/before.csv", PRODUCTS))
    pipeline.process(pipeline.upload("sales/a.csv", sales(sale("A1", at=first, quantity=1))))
    added = sales(
        sale("A2", at=first, quantity=2), sale("A3", at=first, product="P2", quantity=4),
        sale("A4", at=second, quantity=8), sale("A5", at=second, quantity=16, currency="EUR"),
    )  # fmt: skip
    pipeline.process(pipeline.upload("sales/b.csv", added))
    days = pipeline.rows("SELECT sale_date::text, currency, sale_lines, units FROM eco.daily_sales ORDER BY 1, 2")
    assert [tuple(row.values()) for row in days] == [
        ("2026-01-10", "GBP", 3, 7),
        ("2026-01-11", "EUR", 1, 16),
        ("2026-01-11", "GBP", 1, 8),
    ]
    months = pipeline.rows("SELECT first_day::text, units FROM eco.monthly_product_sales ORDER BY units")
    assert [tuple(row.values()) for row in months] == [("2026-01-01", units) for units in (3, 4, 8, 16)]
    assert [finding for finding in verify.verify(pipeline.platforms["operator"].warehouse) if not finding.holds] == []


KILOGRAMS = st.none() | st.decimals(0, 999_999_999, places=9)
FIGURES = st.lists(st.tuples(st.integers(-1_000_000, 1_000_000), KILOGRAMS, KILOGRAMS), min_size=1, max_size=20)


def test_carbon_is_what_the_database_says_it_is(pipeline: Pipeline) -> None:
    """eco.carbon_savings_kg is the definition."""
    with pipeline.platforms["load"].warehouse.transaction() as transaction:

        @given(FIGURES)
        def holds(figures: list[tuple[int, Decimal | None, Decimal | None]]) -> None:
            quantity, baseline, product = zip(*figures, strict=True)
            arrays = (pa.array(values, carbon.KILOGRAMS) for values in (baseline, product))
            ours = carbon.savings_kg(pa.array(quantity, pa.int64()), *arrays).to_pylist()
            theirs = transaction.connection.execute(
                sqlalchemy.text(
                    "SELECT eco.carbon_savings_kg(q, b, p) FROM unnest(cast(:q AS int []), cast(:b AS numeric []),"
                    " cast(:p AS numeric [])) WITH ORDINALITY AS figures (q, b, p, n) ORDER BY n"
                ),
                {"q": list(quantity), "b": list(baseline), "p": list(product)},
            )
            assert ours == list(theirs.scalars())

        holds()


MANY_CUSTOMERS = """
INSERT INTO eco.dim_customer (customer_id, valid_from, valid_to, is_current, is_inferred)
SELECT 'N' || number, '-infinity', 'infinity', true, true FROM generate_series(1, 50000) AS number
"""


def test_versions_of_a_few_are_looked_up_before_anybody_has_analyzed_the_many(pipeline: Pipeline) -> None:
    pipeline.rows(MANY_CUSTOMERS, "eco_loader")
    ids = as_array(pa.array([f"N{number}" for number in range(60)]))
    for name, times in (
        ("load/sales/infer_customers", {}),
        ("load/sales/new/customer_versions", {"first_time": NOON, "end_time": NOON + timedelta(days=1)}),
    ):
        plan = pipeline.rows(f"EXPLAIN {query(name)}", "eco_loader", ids=ids, **times)
        steps = "\n".join(row["QUERY PLAN"] for row in plan)
        assert "Index" in steps and "Seq Scan" not in steps, steps


def test_any_text_is_an_element_of_an_array(pipeline: Pipeline) -> None:
    with pipeline.platforms["load"].warehouse.transaction() as transaction:

        @given(st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
        def holds(texts: list[str | None]) -> None:
            found = transaction.connection.execute(
                sqlalchemy.text("SELECT cast(:texts AS text [])"), {"texts": as_array(pa.array(texts, pa.string()))}
            )
            assert found.scalar() == texts

        holds()
