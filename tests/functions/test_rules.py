"""What a contract decides about rows."""

import json
from dataclasses import replace
from typing import Any

import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from functions import contract, rules
from functions.readers.rows import BrokenRow, TextRows

SALES = contract.for_object("sales/2026-01.csv")
GOOD = {
    "order_id": "A1",
    "line_no": "1",
    "sale_timestamp": "2026-01-01T10:00:00Z",
    "product_id": "P1",
    "customer_id": "",
    "quantity": "2",
    "unit_price": "9.99",
    "discount_rate": "",
    "currency": "GBP",
    "country": "France",
}


def text_rows(*records: dict[str, str]) -> TextRows:
    names = list(records[0])
    table = pa.table({name: pa.array([record[name] for record in records], pa.string()) for name in names})
    return TextRows(table, pa.array(range(1, len(records) + 1), pa.int64()))


def rejected(checked: rules.Checked) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = checked.rejected.to_pylist()
    return rows


def test_a_good_row_is_valid_and_empty_optional_values_are_null() -> None:
    checked = rules.check(SALES, text_rows(GOOD))
    assert checked.rejected.num_rows == 0
    assert checked.valid["customer_id"].to_pylist() == [None]
    assert checked.valid["source_row"].to_pylist() == [1]


def test_a_rejected_row_names_row_column_value_and_every_reason() -> None:
    bad = {**GOOD, "quantity": "two", "currency": "pounds"}
    checked = rules.check(SALES, text_rows(GOOD, bad))
    assert checked.valid.num_rows == 1
    row = rejected(checked)[0]
    assert (row["source_row"], row["column_name"], row["value"]) == (2, "quantity", "two")
    assert row["reason"] == "quantity: 'two' is not a whole number; currency: 'pounds' does not match ^[A-Z]{3}$"
    assert json.loads(row["row"]) == {**bad, "operation": None}


def test_a_missing_value_is_said_to_be_missing() -> None:
    row = rejected(rules.check(SALES, text_rows({**GOOD, "product_id": "  "})))[0]
    assert row["reason"] == "product_id: is missing"


def test_columns_are_found_whatever_their_case_and_spaces() -> None:
    shouted = {f" {name.upper()} ": value for name, value in GOOD.items()}
    assert rules.check(SALES, text_rows(shouted)).valid.num_rows == 1


def test_a_rejected_row_keeps_columns_that_the_contract_does_not_know() -> None:
    row = rejected(rules.check(SALES, text_rows({**GOOD, "quantity": "", "note": "gift"})))[0]
    assert json.loads(row["row"])["note"] == "gift"


def test_a_broken_row_is_rejected_with_its_text() -> None:
    rows = replace(text_rows(GOOD), broken=[BrokenRow(2, "a,b", "has 2 columns where the header has 10")])
    row = rejected(rules.check(SALES, rows))[0]
    assert (row["source_row"], row["reason"]) == (2, "the row has 2 columns where the header has 10")


def test_online_retail_customers_lose_the_fraction_that_the_export_adds() -> None:
    retail = contract.for_object("sales/online-retail/2010-12-01.csv")
    record = {
        "InvoiceNo": "C536379", "StockCode": "D", "Description": "Discount", "Quantity": "-1",
        "InvoiceDate": "2010-12-01 09:41:00", "UnitPrice": "27.5", "CustomerID": "14527.0", "Country": "United Kingdom",
    }  # fmt: skip
    valid = rules.check(retail, text_rows(record)).valid.to_pylist()[0]
    assert (valid["customer_id"], valid["currency"], valid["quantity"]) == ("14527", "GBP", -1)


@example([{**GOOD, "quantity": "\\u0000", "country": "\x00"}])
@given(st.lists(st.fixed_dictionaries({name: st.text(max_size=12) for name in GOOD}), min_size=1, max_size=20))
def test_every_row_is_either_valid_or_rejected_with_a_reason(records: list[dict[str, str]]) -> None:
    checked = rules.check(SALES, text_rows(*records))
    numbers = checked.valid["source_row"].to_pylist() + checked.rejected["source_row"].to_pylist()
    assert sorted(numbers) == list(range(1, len(records) + 1))
    assert all(row["reason"] and json.loads(row["row"]) is not None for row in rejected(checked))
