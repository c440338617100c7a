"""What follows from the rows themselves."""

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from functions import transform

MONEY = st.decimals(0, 10**7, places=6)
RATE = st.decimals(0, 1, places=6)


@given(st.lists(st.tuples(st.integers(-(10**6), 10**6), MONEY, RATE), min_size=1, max_size=20))
def test_net_amount_is_exact(rows: list[tuple[int, Decimal, Decimal]]) -> None:
    quantity, price, rate = (list(column) for column in zip(*rows, strict=True))
    found = transform.net_amount(
        pa.chunked_array([pa.array(quantity, pa.int64())]),
        pa.chunked_array([pa.array(price, pa.decimal128(18, 6))]),
        pa.chunked_array([pa.array(rate, pa.decimal128(7, 6))]),
    )
    expected = [(q * p * (1 - r)).quantize(Decimal("0.000001"), ROUND_HALF_UP) for q, p, r in rows]
    assert found.to_pylist() == expected


def scored_sales(**columns: pa.Array) -> pa.Table:
    return pa.table(
        {
            "order_id": ["A", "A"],
            "sale_timestamp": pa.array([datetime(2026, 1, 1, 10, tzinfo=UTC)] * 2, pa.timestamp("us", tz="UTC")),
            "product_id": ["P", "Q"],
            "customer_id": pa.nulls(2, pa.string()),
            "quantity": pa.array([1, -2], pa.int64()),
            "unit_price": pa.array(["1.5", "2"]).cast(pa.decimal128(18, 6)),
            "currency": ["GBP", "GBP"],
            "country": pa.nulls(2, pa.string()),
            "source_row": pa.array([7, 8], pa.int64()),
            "anomaly_score": pa.nulls(2, pa.float64()),
            "anomaly_reason": pa.nulls(2, pa.string()),
            **columns,
        }
    )


def test_sales_without_line_numbers_are_numbered_by_their_rows() -> None:
    rows = transform.sales(scored_sales(), replaces_orders=True).to_pylist()
    assert [row["line_no"] for row in rows] == [7, 8]
    assert [row["net_amount"] for row in rows] == [Decimal("1.5"), Decimal(-4)]


def test_sales_with_line_numbers_keep_them() -> None:
    rows = transform.sales(scored_sales(line_no=pa.array([1, 2], pa.int64())), replaces_orders=False).to_pylist()
    assert [row["line_no"] for row in rows] == [1, 2]


def test_a_change_without_a_time_takes_effect_with_its_upload() -> None:
    uploaded = datetime(2026, 3, 1, tzinfo=UTC)
    stated = datetime(2026, 1, 1, tzinfo=UTC)
    table = pa.table(
        {
            "customer_id": ["C1", "C2"],
            "valid_from": pa.array([stated, None], pa.timestamp("us", tz="UTC")),
            "loyalty_tier": ["gold", None],
            "source_row": pa.array([1, 2], pa.int64()),
        }
    )
    rows = transform.changes(table, "customer_id", uploaded).to_pylist()
    assert [row["valid_from"] for row in rows] == [stated, uploaded]
    assert [row["attributes"] for row in rows] == ['{"loyalty_tier": "gold"}', '{"loyalty_tier": null}']
