"""Retention and restore: a month leaves only when its archive holds the same, and comes back as it would be today."""

import contextlib
import dataclasses
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyarrow import parquet

from functions.archive import ArchiveMismatchError, archive_month
from functions.events import ObjectEvent
from functions.gcs_store import CloudStorage
from functions.maintain import RESTORED_STAYS
from functions.restore import RestoreError, restore_month
from tests.pipeline import Pipeline, superuser
from tests.warehouse import state
from tests.warehouse.files import customer, customers, product, products, sale, sales

DECEMBER = date(2025, 12, 1)
MARCH = datetime(2026, 3, 15, tzinfo=UTC)


@pytest.fixture
def sold(pipeline: Pipeline) -> Pipeline:
    """Sales of December and of the months beside it, with history, and with all that may be absent absent."""
    pipeline.changes["retention_months"] = 2
    changes = [product(since="2025-01-01"), product(since="2025-12-10", footprint="2"), product("P2", "2025-01-01", "")]
    lines = [
        sale(line=1, at="2025-12-01T00:00:00Z", quantity=3, customer="C1"),
        sale(line=2, at="2025-12-31T23:59:59.999999Z", price="9.99", discount="0.15"),
        sale(line=3, at="2025-12-15", product="P2", customer="unheard-of"),
        sale(order='"quo""te, comma"', line=4, at="2025-12-15", product="P3", quantity=-2),
        sale(line=5, at="2026-01-01T00:00:00Z"),
        sale(line=6, at="2026-02-01"),
    ]
    pipeline.process(
        pipeline.upload("products/a.csv", products(*changes)),
        pipeline.upload("customers/a.csv", customers(customer(since="2025-06-01"))),
        pipeline.upload("sales/a.csv", sales(*lines)),
    )
    return pipeline


def archives(pipeline: Pipeline) -> list[ObjectEvent]:
    return list(CloudStorage(pipeline.client).list(f"{pipeline.name}-archive"))


def lines(pipeline: Pipeline) -> list[int]:
    return sorted(line for (line,) in state.facts(pipeline, "line_no"))


def test_retention_archives_a_month_before_it_is_dropped(sold: Pipeline) -> None:
    results = sold.maintain(now=MARCH)
    assert lines(sold) == [5, 6]
    [archive] = archives(sold)
    assert [(item.target, item.outcome, item.detail) for item in results if item.task == "retain"] == [
        ("2025-12", "archived", archive.name)
    ]
    away = sold.rows("SELECT object_name, first_day, sale_lines, restored_at FROM eco.sales_archive")
    assert away == [{"object_name": archive.name, "first_day": DECEMBER, "sale_lines": 4, "restored_at": None}]
    with CloudStorage(sold.client).open(archive) as stream:
        archived = parquet.read_table(stream).to_pylist()
    assert [(row["line_no"], row["product_id"], row["customer_id"], row["net_amount"]) for row in archived] == [
        (1, "P1", "C1", 30),
        (3, "P2", "unheard-of", 10),
        (4, "P3", None, -20),
        (2, "P1", None, Decimal("8.4915")),
    ]


def test_without_a_policy_nothing_is_archived(pipeline: Pipeline) -> None:
    pipeline.process(pipeline.upload("sales/a.csv", sales(sale(at="1996-01-01"))))
    pipeline.maintain(now=MARCH)
    assert lines(pipeline) == [1]


def test_a_month_without_sales_is_archived_too(pipeline: Pipeline) -> None:
    pipeline.changes["retention_months"] = 2
    pipeline.maintain(now=datetime(2025, 9, 1, tzinfo=UTC))
    pipeline.maintain(now=MARCH)
    assert [archive.name.split("/")[1] for archive in archives(pipeline)] == [
        "2025_09",
        "2025_10",
        "2025_11",
        "2025_12",
    ]
    assert restore_month(pipeline.platforms["operator"], DECEMBER) == archives(pipeline)[-1].name


class Corrupting(CloudStorage):
    """A bucket that swaps two amounts of what is written to it: their sum stays."""

    def create_from_file(self, bucket: str, name: str, path: Path) -> ObjectEvent:
        table = parquet.read_table(path)
        amounts = pc.take(table["net_amount"], pa.array([1, 0, *range(2, table.num_rows)]))
        place = table.schema.get_field_index("net_amount")
        parquet.write_table(table.set_column(place, table.schema.field(place), amounts), path)
        return super().create_from_file(bucket, name, path)


def test_an_archive_that_differs_in_a_row_though_not_in_its_sums_is_refused(sold: Pipeline) -> None:
    on = dataclasses.replace(sold.platforms["maintain"], store=Corrupting(sold.client))
    before = state.of(sold)
    with pytest.raises(ArchiveMismatchError, match="only in the warehouse 2, only in the archive 2"):
        archive_month(on, DECEMBER)
    assert state.of(sold) == before
    assert archives(sold) == []
    assert sold.rows("SELECT FROM eco.sales_archive") == []
    assert archive_month(sold.platforms["maintain"], DECEMBER)


def test_a_row_that_changes_while_its_month_is_archived_keeps_the_month(sold: Pipeline) -> None:
    failures: list[Exception] = []

    def archive() -> None:
        try:
            archive_month(sold.platforms["maintain"], DECEMBER)
        except ArchiveMismatchError as error:
            failures.append(error)

    archiving = threading.Thread(target=archive)
    with contextlib.closing(superuser(sold.home, sold.name)) as connection:
        connection.run("BEGIN")
        connection.run("UPDATE eco.fact_sales_2025_12 SET country = 'Spain' WHERE line_no = 3")
        archiving.start()
        waits = "SELECT FROM pg_locks WHERE relation = 'eco.fact_sales_2025_12'::regclass AND NOT granted"
        while archiving.is_alive() and not connection.run(waits):
            time.sleep(0.01)
        connection.run("COMMIT")
    archiving.join()
    assert ["only in the warehouse 1, only in the archive 1" in str(failure) for failure in failures] == [True]
    assert lines(sold) == [1, 2, 3, 4, 5, 6]
    sold.maintain(now=MARCH)
    assert lines(sold) == [5, 6]
    restore_month(sold.platforms["operator"], DECEMBER)
    assert ("Spain",) in state.facts(sold, "country")


def test_who_reads_while_months_are_dropped_is_no_deadlocks_victim(pipeline: Pipeline) -> None:
    pipeline.changes["retention_months"] = 1
    pipeline.process(pipeline.upload("sales/a.csv", sales(*(sale(at=f"2025-{month}-15") for month in range(10, 13)))))
    pipeline.maintain(now=datetime(2025, 1, 1, tzinfo=UTC))
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            pipeline.rows("SELECT sum(net_amount) FROM eco.fact_sales")

    with ThreadPoolExecutor() as threads:
        readers = [threads.submit(read) for _ in range(3)]
        try:
            results = pipeline.maintain(now=MARCH)
        finally:
            stop.set()
        for reader in readers:
            reader.result()
    assert [result.outcome for result in results if result.task == "retain"] == ["archived"] * 7


def test_a_month_that_somebody_else_archived_is_left_alone(sold: Pipeline) -> None:
    sold.maintain(now=MARCH)
    before = archives(sold)
    assert archive_month(sold.platforms["maintain"], DECEMBER) is None
    assert archives(sold) == before


def test_restore_brings_back_exactly_the_same_facts(sold: Pipeline) -> None:
    before = state.of(sold)
    sold.maintain(now=MARCH)
    assert state.of(sold) != before
    [archive] = archives(sold)
    assert restore_month(sold.platforms["operator"], DECEMBER) == archive.name
    assert state.of(sold) == before
    assert archives(sold) == [archive]
    [brought_back] = sold.rows("SELECT restored_at FROM eco.sales_archive")
    assert brought_back["restored_at"]
    assert sold.value("SELECT count(*) FROM eco.fact_sales_default") == 0


def test_retention_leaves_a_restored_month_alone_for_a_while(sold: Pipeline) -> None:
    sold.maintain(now=MARCH)
    restore_month(sold.platforms["operator"], DECEMBER)
    before = state.of(sold)
    restored: datetime = sold.value("SELECT restored_at FROM eco.sales_archive")
    almost, after = (restored + RESTORED_STAYS + timedelta(minutes=minutes) for minutes in (-1, 1))
    assert ("retain", "2025-12") not in [(item.task, item.target) for item in sold.maintain(now=almost)]
    assert {1, 2, 3, 4} <= set(lines(sold))
    assert ("retain", "2025-12") in [(item.task, item.target) for item in sold.maintain(now=after)]
    assert not {1, 2, 3, 4} & set(lines(sold))
    for first_day in (DECEMBER, date(2026, 1, 1), date(2026, 2, 1)):
        restore_month(sold.platforms["operator"], first_day)
    assert state.of(sold) == before


def test_what_became_known_of_a_product_since_its_sales_were_archived_counts(sold: Pipeline) -> None:
    sold.maintain(now=MARCH)
    news = [product(since="2025-12-20", footprint="0.5"), product("P2", "2025-12-15", "1"), product("P3", "2025-01-01")]
    sold.process(
        sold.upload("products/b.csv", products(*news)),
        sold.upload("customers/b.csv", customers(customer("unheard-of", "2025-12-01"))),
    )
    restore_month(sold.platforms["operator"], DECEMBER)
    facts: dict[int, Any] = {row["line_no"]: row for row in state.of(sold)["facts"]}
    known = {
        line: (row["carbon_savings_kg"], f"{row['product_from']:%m-%d}", row["customer_from"])
        for line, row in facts.items()
        if line <= 4
    }
    assert known == {
        1: (6, "01-01", datetime(2025, 6, 1, tzinfo=UTC)),
        2: (Decimal("2.5"), "12-20", None),
        3: (2, "12-15", datetime(2025, 12, 1, tzinfo=UTC)),
        4: (-4, "01-01", None),
    }


def test_a_month_that_is_not_archived_is_refused_and_the_archived_ones_are_named(sold: Pipeline) -> None:
    with pytest.raises(RestoreError, match=r"^2026-01 is not archived; archived months: none$"):
        restore_month(sold.platforms["operator"], date(2026, 1, 1))
    sold.maintain(now=MARCH)
    with pytest.raises(RestoreError, match=r"archived months: 2025-12$"):
        restore_month(sold.platforms["operator"], date(2026, 1, 1))
    restore_month(sold.platforms["operator"], DECEMBER)
    with pytest.raises(RestoreError, match=r"archived months: none$"):
        restore_month(sold.platforms["operator"], DECEMBER)


def test_an_archive_that_lost_rows_or_is_gone_restores_nothing(sold: Pipeline) -> None:
    sold.maintain(now=MARCH)
    before = state.of(sold)
    [archive] = archives(sold)
    store = CloudStorage(sold.client)
    table = parquet.read_table(store.open(archive))
    store.delete(archive)
    with pytest.raises(RestoreError, match="is not in the bucket"):
        restore_month(sold.platforms["operator"], DECEMBER)
    short = pa.BufferOutputStream()
    parquet.write_table(table.slice(1), short)
    store.create(archive.bucket, archive.name, short.getvalue().to_pybytes())
    with pytest.raises(RestoreError, match="holds 3 rows, but 4 were archived"):
        restore_month(sold.platforms["operator"], DECEMBER)
    assert state.of(sold) == before
    assert sold.rows("SELECT FROM eco.sales_archive WHERE restored_at IS NOT NULL") == []
