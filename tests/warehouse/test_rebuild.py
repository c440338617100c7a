"""A warehouse made anew from the raw bucket says what the old one says; where it cannot, it says why."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from functions import verify
from functions.rebuild import RebuildError, Rebuilt, rebuild
from functions.restore import restore_month
from functions.warehouse import connect
from tests.pipeline import Pipeline, superuser
from tests.running_stack import RunningStack
from tests.warehouse import mixed, reviewing
from tests.warehouse.files import customer, customers, sale, sales

MARCH_2026 = datetime(2026, 3, 15, tzinfo=UTC)


@pytest.fixture
def new(stack: RunningStack, pipeline: Pipeline) -> Iterator[Pipeline]:
    """An empty warehouse."""
    with Pipeline.made(stack.home, f"{pipeline.name}_new") as made:
        yield made


def rebuilt(old: Pipeline, new: Pipeline) -> Rebuilt:
    return rebuild(old.platforms["operator"], new.platforms["operator"].warehouse, lambda *_: None)


def different(found: Rebuilt) -> set[str]:
    return {table for table in found.old if found.old[table] != found.new[table]}


def test_a_mixed_history_is_rebuilt_and_nothing_else_is_touched(pipeline: Pipeline, new: Pipeline) -> None:
    uploads = mixed.processed(pipeline)
    there = [len(pipeline.parts(stage, upload)) for stage in ("score", "transform", "load") for upload in uploads]
    done = []
    found = rebuild(
        pipeline.platforms["operator"], new.platforms["operator"].warehouse, lambda *count: done.append(count)
    )
    assert (different(found), found.notes, found.uploads) == (set(), [], len(uploads))
    assert found.is_equal
    assert all(rows for rows, _ in found.new.values())
    assert done[-1] == (len(uploads), len(uploads))
    assert there == [len(pipeline.parts(s, upload)) for s in ("score", "transform", "load") for upload in uploads]
    runs = (
        "SELECT object_name, generation, status, rows_read, rows_rejected, rows_held FROM eco.pipeline_run ORDER BY 1"
    )
    assert new.rows(runs) == pipeline.rows(runs)
    assert [f.check.name for f in verify.verify(connect(new.settings("eco_reader"))) if not f.holds] == []


def test_files_are_cut_as_they_were_so_that_the_same_rows_are_held(pipeline: Pipeline, new: Pipeline) -> None:
    pipeline.changes["part_rows"] = 20
    usual = [sale("A1", line, product="P1", price=10 if line <= 20 else 1000) for line in range(1, 41)]
    pipeline.process(pipeline.upload("sales/1.csv", sales(*usual, sale("A2", 1, product="P1", price=1000))))
    pipeline.changes.pop("part_rows")
    del pipeline.platforms
    assert rebuilt(pipeline, new).is_equal


def test_an_archived_month_stays_away_with_what_was_refused_since(pipeline: Pipeline, new: Pipeline) -> None:
    pipeline.changes["retention_months"] = 10
    mixed.processed(pipeline)
    pipeline.maintain(now=MARCH_2026)
    late = pipeline.upload("sales/6.csv", sales(sale("A5", 3, "2025-03-02", "P77"), sale("A6", 1, "2026-01-02")))
    pipeline.process(late)
    assert pipeline.run(late)["rows_rejected"] == 1
    found = rebuilt(pipeline, new)
    assert (different(found), found.notes) == (set(), [])
    assert new.value("SELECT sale_lines FROM eco.sales_archive WHERE restored_at IS NULL") == 2
    assert [f.check.name for f in verify.verify(connect(new.settings("eco_reader"))) if not f.holds] == []


def test_a_month_that_was_away_for_a_while_refuses_the_same_again(pipeline: Pipeline, new: Pipeline) -> None:
    pipeline.changes["retention_months"] = 10
    mixed.processed(pipeline)
    pipeline.maintain(now=MARCH_2026)
    refused = sales(sale("A5", 1, "2025-03-01", "P1", quantity=7))
    pipeline.process(pipeline.upload("sales/6.csv", refused))
    restore_month(pipeline.platforms["operator"], datetime(2025, 3, 1).date())
    pipeline.process(pipeline.upload("sales/7.csv", sales(sale("A5", 2, "2025-03-31T23:59:59Z", "P8", quantity=7))))
    found = rebuilt(pipeline, new)
    assert (different(found), found.notes) == (set(), [])


def test_a_month_of_which_other_sales_are_rebuilt_is_told(pipeline: Pipeline, new: Pipeline) -> None:
    pipeline.changes["retention_months"] = 10
    mixed.processed(pipeline)
    pipeline.maintain(now=MARCH_2026)
    tamper(pipeline, "UPDATE eco.sales_archive SET sale_lines = 3")
    found = rebuilt(pipeline, new)
    assert different(found) == {"fact_sales"}
    assert ["2025-03 was archived with 3 sales, and 2" in note for note in found.notes] == [True]


def test_what_people_decided_about_rows_is_decided_again(pipeline: Pipeline, new: Pipeline) -> None:
    numbered, whole = reviewing.numbered(pipeline), reviewing.whole(pipeline)
    broken = reviewing.processed(pipeline, "customers/1.csv", customers(customer("C1", "2026-01-01", "x" * 65)))
    more = reviewing.processed(pipeline, "sales/2.csv", sales(*(sale("A4", line, quantity="x") for line in (1, 2, 3))))
    reviewing.decide_and_load(pipeline, whole, 14, "correct", quantity="2")
    reviewing.decide_and_load(pipeline, broken, 1, "correct", loyalty_tier="gold")
    reviewing.decide_and_load(pipeline, numbered, 21, "release")
    reviewing.decide(pipeline, whole, 13, "dismiss")
    reviewing.decide_and_load(pipeline, more, 1, "release")
    reviewing.decide(pipeline, more, 2, "correct", quantity="2")
    reviewing.decide(pipeline, more, 3, "dismiss")
    reviewing.decide(pipeline, more, 3, "undo")
    found = rebuilt(pipeline, new)
    assert (different(found), found.notes) == (set(), [])
    decided = """
        SELECT
            run_id, source_row, review_state, review_outcome, reviewed_by, reviewed_at, review_note, corrected,
            (SELECT string_agg(decision, ' ' ORDER BY decided_at) FROM eco.review_decision AS d
             WHERE d.quality_id = entry.quality_id) AS history
        FROM eco.quality_log AS entry ORDER BY 1, 2
        """
    assert new.rows(decided) == pipeline.rows(decided)
    reviewing.assert_in_order(new)


def test_a_row_that_was_released_before_its_month_was_archived_is_archived_with_it(
    pipeline: Pipeline, new: Pipeline
) -> None:
    pipeline.changes["retention_months"] = 1
    upload = reviewing.numbered(pipeline)
    reviewing.decide_and_load(pipeline, upload, 21, "release")
    pipeline.maintain(now=MARCH_2026)
    reviewing.decide_and_load(pipeline, upload, 22, "correct", quantity="1")
    found = rebuilt(pipeline, new)
    assert (different(found), found.notes) == (set(), [])
    assert new.value("SELECT sale_lines FROM eco.sales_archive") == 21
    restore_month(pipeline.platforms["operator"], datetime(2026, 1, 1).date())
    reviewing.decide_and_load(pipeline, upload, 22, "correct", quantity="1")
    assert reviewing.counts(pipeline, upload) == {"loaded": 22}


def tamper(pipeline: Pipeline, sql: str) -> None:
    with contextlib.closing(superuser(pipeline.home, pipeline.name)) as connection:
        connection.run(sql)


@pytest.mark.parametrize(
    ("change", "table"),
    [
        ("UPDATE eco.fact_sales SET quantity = quantity + 1 WHERE order_id = 'A4'", "fact_sales"),
        ("UPDATE eco.dim_product SET category = 'other' WHERE is_current", "dim_product"),
        ("DELETE FROM eco.sale_tombstone WHERE line_no > 0", "sale_tombstone"),
        ("DELETE FROM eco.quality_log WHERE kind = 'held'", "quality_log"),
    ],
)
def test_what_was_changed_past_the_functions_shows(pipeline: Pipeline, new: Pipeline, change: str, table: str) -> None:
    mixed.processed(pipeline)
    tamper(pipeline, change)
    assert different(rebuilt(pipeline, new)) == {table}


def test_uploads_that_are_gone_are_named(pipeline: Pipeline, new: Pipeline) -> None:
    first = pipeline.upload("sales/a.csv", sales(sale("A1", 1), sale("A1", 2)))
    pipeline.process(first)
    pipeline.process(pipeline.upload("sales/a.csv", sales(sale("A1", 1))))
    found = rebuilt(pipeline, new)
    assert different(found) == {"fact_sales"}
    assert [f"sales/a.csv (generation {first.generation})" in note for note in found.notes] == [True]


def test_runs_in_progress_and_uploads_that_nobody_knows_are_told(pipeline: Pipeline, new: Pipeline) -> None:
    pipeline.deliver("validate", pipeline.upload("sales/begun.csv", sales(sale("A1"))))
    pipeline.upload("sales/lost.csv", sales(sale("A2")))
    found = rebuilt(pipeline, new)
    assert different(found) == {"fact_sales", "dim_product"}
    assert ["begun.csv" in note or "lost.csv" in note for note in found.notes] == [True, True]


def test_only_an_empty_warehouse_is_filled(pipeline: Pipeline) -> None:
    pipeline.process(pipeline.upload("sales/a.csv", sales(sale())))
    with pytest.raises(RebuildError, match="empty"):
        rebuilt(pipeline, pipeline)
