"""What a logged row says of its sale, and the picture of where that lies."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from dashboard import review_detail, usual

ROW = {
    "order_id": "A1",
    "line_no": "1",
    "sale_timestamp": "2026-01-10T10:00:00+00:00",
    "product_id": "P1",
    "quantity": "-3",
    "unit_price": "1000",
    "currency": "GBP",
}
RANGE = pd.DataFrame(
    [("unit price", 20, 8.0, 9.0, 10.0, 12.0, 20.0), ("quantity", 20, 1.0, 1.0, 2.0, 3.0, 6.0)],
    columns=["measure", "sale_lines", "least", "low", "median", "high", "most"],
)


def test_a_sale_is_read_by_its_contract() -> None:
    sale = usual.sale_of("sales/a.csv", False, ROW)
    assert sale is not None
    assert (sale.product_id, sale.currency, sale.at) == ("P1", "GBP", datetime(2026, 1, 10, 10, tzinfo=UTC))
    assert sale.values == {"unit price": 1000.0, "quantity": 3.0}


def test_what_cannot_be_read_is_left_out() -> None:
    sale = usual.sale_of("sales/a.csv", False, {**ROW, "quantity": "two"})
    assert sale is not None
    assert sale.values == {"unit price": 1000.0}


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("sales/a.csv", {**ROW, "sale_timestamp": "yesterday"}),
        ("sales/a.csv", {**ROW, "product_id": ""}),
        ("sales/a.csv", {**ROW, "quantity": "0", "unit_price": None}),
        ("sales/a.csv", {"text": "half a row"}),
        ("products/a.csv", ROW),
        ("nothing/a.csv", ROW),
    ],
)
def test_without_product_time_or_value_there_is_no_picture(name: str, row: dict[str, object]) -> None:
    assert usual.sale_of(name, False, row) is None


def test_the_picture_says_the_same_in_words() -> None:
    sale = usual.sale_of("sales/a.csv", False, ROW)
    assert sale is not None
    assert usual.sentence(sale, RANGE) == (
        "P1 within six weeks of this sale: unit price 1,000, usually 9 to 12 (median 10, 20 sale lines); "
        "quantity 3, usually 1 to 3 (median 2, 20 sale lines)."
    )
    drawn = usual.chart(sale, RANGE).to_dict()
    assert [strip["title"]["text"] for strip in drawn["vconcat"]] == ["unit price", "quantity"]


def test_a_correction_is_what_differs_and_an_emptied_field_states_nothing() -> None:
    row = {"quantity": "two", "country": "France", "discount_rate": None, "line_no": 1}
    given = {"quantity": " 2 ", "country": "", "discount_rate": "", "line_no": "1"}
    assert review_detail.changes(row, given) == {"quantity": "2", "country": None}
