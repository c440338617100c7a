"""Data quality over time: of each run its nulls, repeats, spans and reasons; of each source what it usually sends."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from functions import reasons
from tests.pipeline import Pipeline
from tests.warehouse.files import customer, customers, product, products, sale, sales

SALES = sales(
    sale("A1", 1, customer="C1", price="10"),
    sale("A1", 2, customer="C2", price="2.50"),
    sale("A1", 2, customer="C2", price="2.5"),  # the same again, written otherwise
    sale("A2", 1, at="2026-02-01T00:00:00Z", quantity=-4, price="7"),
    sale("A3", 1, quantity="many"),
    sale("A3", 2, quantity="lots"),
    sale("A3", 3, price=""),
)
RUN = """
INSERT INTO eco.pipeline_run (
    run_id, bucket, object_name, generation, uploaded_at, size_bytes, source, status, parts_total, rows_read,
    rows_loaded, finished_at
)
VALUES (gen_random_uuid(), 'b', 'sales/x.csv', :generation, :at, 1, :source, 'SUCCESS', 0, :rows, :rows, :at)
"""


def columns(pipeline: Pipeline) -> dict[str, dict[str, Any]]:
    return {row["column_name"]: row for row in pipeline.rows("SELECT * FROM eco.run_column_quality")}


def sent(pipeline: Pipeline, day: date, rows: int = 100, source: str = "sales") -> None:
    at = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
    generation = int(at.timestamp())
    pipeline.rows(RUN, "eco_validator", generation=generation, at=at, source=source, rows=rows)


def test_a_run_says_what_its_rows_look_like(pipeline: Pipeline) -> None:
    pipeline.process(pipeline.upload("sales/a.csv", SALES))
    whole = pipeline.rows("SELECT rows_valid, duplicate_rows, is_estimate FROM eco.run_quality")
    assert whole == [{"rows_valid": 4, "duplicate_rows": 1, "is_estimate": False}]
    found = columns(pipeline)
    assert (found["customer_id"]["nulls"], found["customer_id"]["distinct_values"]) == (1, 2)
    assert (found["discount_rate"]["nulls"], found["discount_rate"]["distinct_values"]) == (4, 0)
    spans = {name: (row["lowest"], row["highest"]) for name, row in found.items()}
    assert spans["unit_price"] == ("2.5", "10")
    assert spans["quantity"] == ("-4", "1")
    assert spans["sale_timestamp"] == ("2026-01-10T10:00:00+00:00", "2026-02-01T00:00:00+00:00")
    assert spans["order_id"] == spans["discount_rate"] == (None, None)


def test_a_value_that_is_written_in_two_ways_is_one(pipeline: Pipeline) -> None:
    pipeline.process(
        pipeline.upload("sales/a.csv", sales(*[sale("A1", 1, price=price) for price in ["2.50", "2.5"] * 4]))
    )
    assert columns(pipeline)["unit_price"]["distinct_values"] == 1
    assert pipeline.value("SELECT duplicate_rows FROM eco.run_quality") == 7


def test_a_repeated_delivery_says_it_once(pipeline: Pipeline) -> None:
    upload = pipeline.upload("sales/a.csv", SALES)
    for _ in range(3):
        pipeline.deliver("validate", upload)
    assert pipeline.value("SELECT count(*) FROM eco.run_quality") == 1


def test_nothing_is_shown_of_persons(pipeline: Pipeline) -> None:
    pipeline.process(pipeline.upload("customers/a.csv", customers(customer("C1", "2026-01-01"), customer("C2"))))
    shown = {name: row["lowest"] for name, row in columns(pipeline).items() if row["lowest"]}
    assert shown == {"valid_from": "2026-01-01T00:00:00+00:00"}


def test_rejected_rows_are_counted_by_reason_without_their_values(pipeline: Pipeline) -> None:
    upload = pipeline.upload("sales/a.csv", SALES)
    pipeline.process(upload)
    day = pipeline.run(upload)["uploaded_at"].date()
    found = pipeline.rows("SELECT * FROM eco.rejected_by_reason ORDER BY rejected_rows")
    about = {"day": day, "source": "sales"}
    assert found == [
        about | {"column_name": "unit_price", "reason": "unit_price: is missing", "rejected_rows": 1, "open_rows": 1},
        about
        | {
            "column_name": "quantity",
            "reason": "quantity: is not a whole number",
            "rejected_rows": 2,
            "open_rows": 2,
        },
    ]


def test_held_rows_are_counted_by_what_is_unusual(pipeline: Pipeline) -> None:
    usual = [sale("A1", line, price="10") for line in range(1, 20)]
    pipeline.process(pipeline.upload("sales/a.csv", sales(*usual, sale("A2", 1, price="10000"))))
    found = pipeline.rows("SELECT source, reason, held_rows, open_rows FROM eco.held_by_reason")
    assert found == [{"source": "sales", "reason": "unit price", "held_rows": 1, "open_rows": 1}]


@pytest.mark.parametrize(
    ("reason", "common"),
    [
        (reasons.price(38_970, 27.8, "M"), "unit price"),
        (reasons.off("quantity", -5000, 3, "P 7"), "quantity"),
        (reasons.hundredfold(600, 96, "MUG"), "quantity"),
        (reasons.slip(25.5, 2.55, "a: b?"), "unit price: did the decimal point slip"),
        (reasons.swap(12, 3, 2.55, "MUG"), "unit price: were they swapped"),
    ],
)
def test_reasons_are_counted_together_whatever_they_quote(pipeline: Pipeline, reason: str, common: str) -> None:
    upload = pipeline.upload("sales/a.csv", sales(*(sale("A1", line, price="10") for line in range(1, 20))))
    pipeline.process(upload)
    pipeline.rows(
        """
        INSERT INTO eco.quality_log (run_id, source_row, kind, reason, score, model_version, row, review_state)
        VALUES (:run_id, 99, 'held', :reason, 9, 'history', '{}', 'open') RETURNING quality_id
        """,
        role="eco_loader",
        run_id=upload.run_id,
        reason=reason,
    )
    assert pipeline.value("SELECT reason FROM eco.held_by_reason") == common


def test_sales_of_what_no_file_described_are_counted(pipeline: Pipeline) -> None:
    pipeline.process(
        pipeline.upload("products/a.csv", products(product("P1", since="2026-01-01"))),
        pipeline.upload(
            "sales/a.csv", sales(sale("A1", 1), sale("A1", 2, product="P9", customer="C9"), sale("A1", 3, product="P9"))
        ),
    )
    found = pipeline.rows("SELECT * FROM eco.unknown_by_day")
    assert found == [
        {
            "sale_date": date(2026, 1, 10),
            "sale_lines": 3,
            "lines_of_unknown_products": 2,
            "unknown_products": 1,
            "lines_of_unknown_customers": 1,
            "unknown_customers": 1,
        }
    ]


def test_volume_is_held_against_the_same_weekday_of_other_weeks(pipeline: Pipeline) -> None:
    """Mondays bring 100 rows and Tuesdays 1,000; neither is unusual, but a Monday with a Tuesday's rows is."""
    monday = date(2024, 1, 1)
    for week in range(9):
        sent(pipeline, monday + timedelta(weeks=week), 1000 if week == 8 else 100 + week)
        sent(pipeline, monday + timedelta(weeks=week, days=1), 1000 + week)
    unusual = pipeline.rows(
        "SELECT day, rows_read, usual_rows, weeks_with_files FROM eco.source_volume WHERE is_unusual"
    )
    eighth = monday + timedelta(weeks=8)
    # The median of 100 … 107, which the 1,000 is no part of.
    assert unusual == [{"day": eighth, "rows_read": 1000, "usual_rows": 103.5, "weeks_with_files": 8}]


def test_a_day_is_missing_only_where_the_source_usually_sends(pipeline: Pipeline) -> None:
    first = date(2024, 1, 1)  # a Monday
    days = [first + timedelta(days=number) for number in range(42)]
    silent = date(2024, 2, 7)  # a Wednesday of the sixth week
    for day in days:
        if day.isoweekday() <= 5 and day != silent:
            sent(pipeline, day)
    missing = pipeline.rows("SELECT source, day, weeks FROM eco.missing_day WHERE day <= :last", last=days[-1])
    assert missing == [{"source": "sales", "day": silent, "weeks": 5}]


def test_nothing_is_missing_before_four_weeks_are_known(pipeline: Pipeline) -> None:
    for week in range(3):
        sent(pipeline, date(2024, 1, 1) + timedelta(weeks=week))
    assert pipeline.rows("SELECT * FROM eco.missing_day WHERE day <= '2024-01-22'") == []
    sent(pipeline, date(2024, 1, 22))
    found = pipeline.rows("SELECT day FROM eco.missing_day WHERE day <= '2024-01-29'")
    assert found == [{"day": date(2024, 1, 29)}]


def test_a_source_tells_how_fresh_it_is(pipeline: Pipeline) -> None:
    sent(pipeline, date(2024, 1, 1))
    pipeline.process(pipeline.upload("products/a.csv", products(product())))
    found = {row["source"]: row for row in pipeline.rows("SELECT * FROM eco.source_freshness")}
    assert found["sales"]["hours_since_upload"] > 24 * 365
    assert found["products"]["hours_since_upload"] < 1
    assert found["products"]["newest_success_at"] == found["products"]["newest_upload_at"]
