"""What the platform promises, in every home: the same files lead to the same warehouse."""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.homes import Home
from tests.warehouse.files import customer, customers, product, products, sale, sales

pytestmark = pytest.mark.timeout(2400)  # the first start in containers builds the images

PRODUCTS = products(product("P1", since="2026-01-01", footprint=1, baseline=3))
CUSTOMERS = customers(customer("C1", since="2026-01-01"))
SALES = sales(sale("A1", 1, quantity=2, customer="C1"), sale("A1", 2, quantity=-1), sale("A2", quantity="x"))
FACTS = """
SELECT order_id, line_no, product_id, customer_id, quantity, carbon_savings_kg::float AS saved
FROM eco.fact_sales JOIN eco.dim_product USING (product_key) LEFT JOIN eco.dim_customer USING (customer_key)
WHERE order_id LIKE 'A%' ORDER BY order_id, line_no
"""
KNOWN: dict[str, dict[str, tuple[int, str]]] = {}


def counts(run: dict[str, Any]) -> tuple[Any, ...]:
    return run["status"], run["rows_read"], run["rows_loaded"], run["rows_unchanged"], run["rows_rejected"]


def facts(home: Home) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in home.rows(FACTS)]


def test_uploads_become_facts(home: Home) -> None:
    uploads = [home.upload("products/p ü+.csv", PRODUCTS), home.upload("customers/c.csv", CUSTOMERS)]
    assert [counts(run) for run in home.finished(*uploads)] == [("SUCCESS", 1, 1, 0, 0)] * 2
    (run,) = home.finished(home.upload("sales/day 1.csv", SALES))
    assert counts(run) == ("SUCCESS", 3, 2, 0, 1)
    assert facts(home) == [("A1", 1, "P1", "C1", 2, 4.0), ("A1", 2, "P1", None, -1, -2.0)]


def test_the_same_bytes_again_are_a_delivery_that_changes_nothing(home: Home) -> None:
    before = facts(home)
    (run,) = home.finished(home.upload("sales/day 1.csv", SALES))
    assert counts(run) == ("SUCCESS", 3, 0, 2, 1)
    assert facts(home) == before


def test_a_newer_upload_of_a_name_wins(home: Home) -> None:
    old = home.upload("sales/day 2.csv", sales(sale("A3", quantity=1)))
    home.finished(old)
    new = home.upload("sales/day 2.csv", sales(sale("A3", quantity=5)))
    (run,) = home.finished(new)
    assert counts(run) == ("SUCCESS", 1, 1, 0, 0)
    assert [fact[4] for fact in facts(home) if fact[0] == "A3"] == [5]


def test_a_repeated_event_changes_nothing(home: Home) -> None:
    upload = home.upload("sales/day 3.csv", sales(sale("A4")))
    (first,) = home.finished(upload)
    before = home.checksums()
    for _ in range(3):
        home.deliver(upload, "validate")
    for bucket, function in (("validated", "score"), ("scored", "transform"), ("curated", "load")):
        name = getattr(home.settings, f"bucket_{bucket}")
        for part in home.store.list(name, f"{upload.run_id}/"):
            home.deliver(part, function)
    home.finished(home.upload("sales/day 4.csv", sales(sale("A5"))))
    home.tick()
    assert home.run(upload.run_id) == first
    assert {name: home.checksums()[name][0] for name in ("fact_sales", "quality_log")} == {
        "fact_sales": before["fact_sales"][0] + 1,
        "quality_log": before["quality_log"][0],
    }


def test_a_file_that_cannot_be_read_is_a_failed_run_with_a_sentence(home: Home) -> None:
    bad = [home.upload("sales/picture.csv", b"\x89PNG\r\n\x1a\n"), home.upload("suppliers/a.csv", "x\n1\n")]
    picture, unknown = home.finished(*bad)
    assert (picture["status"], unknown["status"]) == ("FAILED", "FAILED")
    assert "is a PNG picture" in picture["reason"]
    assert "No contract matches 'suppliers/a.csv'" in unknown["reason"]
    assert home.dead_letters() == 0


@pytest.mark.parametrize("function", ["validate", "score", "transform", "load"])
def test_a_function_that_is_killed_at_its_work_leaves_what_one_that_lives_leaves(home: Home, function: str) -> None:
    lines = 40_000
    upload = home.upload(
        f"sales/killed at {function}.csv", sales(*(sale(f"K-{function}", line) for line in range(1, lines + 1)))
    )
    home.awaited(upload, lambda run: has_begun(home, run, function))
    home.kill(function)
    (run,) = home.finished(upload)
    assert (run["status"], run["rows_loaded"], run["parts_total"]) == ("SUCCESS", lines, lines // 2000), run["reason"]


def has_begun(home: Home, run: dict[str, Any], function: str) -> bool:
    """Whether a function has begun its work on a run."""
    if function in ("validate", "load"):
        return bool(run["attempts"] if function == "validate" else run["parts_loaded"])
    bucket = home.settings.bucket_scored if function == "score" else home.settings.bucket_curated
    return any(home.store.list(bucket, f"{run['run_id']}/"))


def test_a_row_that_a_person_releases_counts_once(home: Home) -> None:
    """Nine flat values, then one a hundred times larger."""
    flat = [sale("A6", line, product="P6") for line in range(1, 10)]
    upload = home.upload("sales/day 5.csv", sales(*flat, sale("A6", 10, product="P6", price=1000)))
    (run,) = home.finished(upload)
    assert (run["rows_read"], run["rows_loaded"], run["rows_held"]) == (10, 9, 1)
    (line,) = home.review("list", "--run", upload.name).splitlines()
    held = line.split("\t")[0]
    assert "unit price 1,000.00" in line
    for _ in range(2):
        home.review("release", held, "--by", "Ada", "--note", "a pallet")
    home.awaited_rows(
        "SELECT count(*) AS lines, sum(net_amount)::int AS amount FROM eco.fact_sales WHERE order_id = 'A6'",
        [{"lines": 10, "amount": 1090}],
    )
    released = home.run(upload.run_id) or {}
    assert (released["rows_loaded"], released["rows_held"], released["status"]) == (10, 0, "SUCCESS")


def test_maintenance_finds_nothing_wrong(home: Home) -> None:
    home.tick()
    assert home.rows("SELECT * FROM eco.maintenance_log WHERE outcome = 'failed'") == []
    made = home.rows("SELECT * FROM eco.maintenance_log WHERE task = 'make_partitions' AND outcome = 'done'")
    assert made
    assert home.rows("SELECT * FROM eco.maintenance_log WHERE task = 'train' AND outcome = 'trained'")
    assert list(home.store.list(home.settings.bucket_models))
    assert home.findings() == []


def test_every_home_holds_the_same(home: Home) -> None:
    KNOWN[home.name] = home.checksums()
    if len(KNOWN) == 1:
        pytest.skip("there is no other home yet to compare with")
    assert all(known == KNOWN[home.name] for known in KNOWN.values())
