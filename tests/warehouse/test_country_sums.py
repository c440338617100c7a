"""Sums by month and country: made by maintenance, taken away by loads, and never seen to differ from the sales."""

import contextlib
from itertools import product as combinations

import pytest
from pg8000.exceptions import DatabaseError

from functions import verify
from functions.tick import Result
from functions.warehouse import connect
from tests.pipeline import Pipeline, superuser
from tests.warehouse.files import sale, sales

MONTHS = ("2026-01", "2026-02", "2026-03")
DAYS = ("01T00:00:00Z", "14T12:00:00Z", "28T23:59:59Z")
COUNTRIES = ("France", "Spain", "")
PERIODS = [
    ("2026-01-01", "2026-04-01"),
    ("2026-01-02", "2026-03-28"),
    ("2026-02-01", "2026-03-01"),
    ("2026-02-14", "2026-02-15"),
    ("2026-01-28", "2026-03-02"),
    ("2025-06-15", "2027-01-01"),
]
BY_FUNCTION = """
    SELECT product_key, currency, sum(sale_lines) AS lines, sum(units) AS units, sum(net_amount) AS net
    FROM eco.product_sales(cast(:first AS date), cast(:end AS date), cast(:countries AS text []))
    GROUP BY product_key, currency ORDER BY product_key, currency
    """
BY_SALES = """
    SELECT product_key, currency, count(*) AS lines, sum(quantity) AS units, sum(net_amount) AS net
    FROM eco.fact_sales
    WHERE sale_date >= cast(:first AS date) AND sale_date < cast(:end AS date)
      AND (cardinality(cast(:countries AS text [])) = 0 OR country = any(cast(:countries AS text [])))
    GROUP BY product_key, currency ORDER BY product_key, currency
    """


def some_sales(order: str, months: tuple[str, ...] = MONTHS) -> str:
    return sales(
        *(
            sale(f"{order}{number}", 1, f"{month}-{day}", f"P{number % 3}", quantity=number + 1).replace(
                "France", country
            )
            for number, (month, day, country) in enumerate(combinations(months, DAYS, COUNTRIES))
        )
    )


@pytest.fixture
def shop(pipeline: Pipeline) -> Pipeline:
    pipeline.process(pipeline.upload("sales/1.csv", some_sales("A")))
    return pipeline


def summed(pipeline: Pipeline) -> list[str]:
    """The months that have sums by country."""
    rows = pipeline.rows(
        "SELECT DISTINCT to_char(first_day, 'YYYY-MM') AS month FROM eco.monthly_country_sales ORDER BY 1"
    )
    return [row["month"] for row in rows]


def told(results: list[Result]) -> list[str]:
    return [result.detail for result in results if result.task == "sum_months"]


def agree(pipeline: Pipeline) -> bool:
    """Whether every period says what the sales say, of every choice of countries; and whether `verify` says so too."""
    for (first, end), countries in combinations(PERIODS, ([], ["France"], ["Spain", "France"], ["nowhere"])):
        by_function, by_sales = (
            pipeline.rows(sql, first=first, end=end, countries=countries) for sql in (BY_FUNCTION, BY_SALES)
        )
        assert by_function == by_sales, (first, end, countries)
    return all(finding.holds for finding in verify.verify(connect(pipeline.settings("eco_reader"))))


def test_maintenance_sums_the_months_that_were_written_to(shop: Pipeline) -> None:
    assert summed(shop) == []
    assert agree(shop)
    assert told(shop.maintain()) == ["3 months that were written to"]
    assert summed(shop) == [*MONTHS]
    assert agree(shop)
    assert told(shop.maintain()) == []


def test_a_dry_run_makes_none(shop: Pipeline) -> None:
    assert told(shop.maintain(dry_run=True)) == ["3 months that were written to"]
    assert summed(shop) == []


def test_a_load_takes_away_those_of_its_months_and_no_others(shop: Pipeline) -> None:
    shop.maintain()
    shop.process(shop.upload("sales/2.csv", some_sales("B", MONTHS[1:2])))
    assert summed(shop) == [MONTHS[0], MONTHS[2]]
    assert agree(shop)
    shop.maintain()
    assert summed(shop) == [*MONTHS]
    assert agree(shop)


def test_they_are_made_under_the_lock_of_whoever_writes_the_month(shop: Pipeline) -> None:
    with (
        contextlib.closing(superuser(shop.home, shop.name)) as load,
        contextlib.closing(superuser(shop.home, shop.name)) as maintenance,
    ):
        load.run("BEGIN")
        load.run("SELECT eco.roll_up_sales(ARRAY['2026-02-14'::date])")
        maintenance.run("SET lock_timeout = '200ms'")
        with pytest.raises(DatabaseError, match="55P03"):
            maintenance.run("SELECT eco.sum_month_by_country('2026-02-01')")
        maintenance.run("SELECT eco.sum_month_by_country('2026-03-01')")
        load.run("ROLLBACK")
