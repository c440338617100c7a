"""Parts: bounded, cut at the same places every time, and with their provenance."""

from datetime import UTC, datetime

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from functions import contract, parts
from functions.events import ObjectEvent

UPLOAD = ObjectEvent("eco-raw", "sales/a.csv", 1700000000000000, datetime(2026, 1, 1, tzinfo=UTC), 10)


def table(orders: list[int]) -> pa.Table:
    return pa.table(
        {"order_id": pa.array(map(str, orders), pa.string()), "row": pa.array(range(len(orders)), pa.int64())}
    )


@given(
    st.lists(st.integers(0, 5), max_size=60), st.integers(1, 10), st.lists(st.integers(1, 20), min_size=1, max_size=5)
)
def test_where_parts_are_cut_depends_on_the_rows_alone(orders: list[int], size: int, arrivals: list[int]) -> None:
    whole = table(orders)
    chunks, at = [], 0
    while at < len(orders):
        step = arrivals[at % len(arrivals)]
        chunks.append(whole.slice(at, step))
        at += step
    cut = list(parts.cut(chunks, size, "order_id"))
    again = list(parts.cut([whole], size, "order_id"))
    assert [(part.to_pylist(), is_last) for part, is_last in cut] == [(part.to_pylist(), last) for part, last in again]
    assert [row for part, _ in cut for row in part["row"].to_pylist()] == list(range(len(orders)))
    assert all(1 <= part.num_rows <= size for part, _ in cut)
    assert [is_last for _, is_last in cut] == [False] * (len(cut) - 1) + [True] * bool(cut)


def test_an_order_is_not_cut_in_two() -> None:
    cut = list(parts.cut([table([1, 1, 2, 2, 2, 3])], 4, "order_id"))
    assert [part["order_id"].to_pylist() for part, _ in cut] == [["1", "1"], ["2", "2", "2", "3"]]


def test_a_part_says_where_it_comes_from_and_its_name_follows_from_that() -> None:
    provenance = parts.of_upload(UPLOAD, contract.for_object(UPLOAD.name), 3).stamped(model_version="m1")
    rows, read_back = parts.decode(parts.encode(table([1, 2]), provenance))
    assert read_back == provenance
    assert rows.equals(table([1, 2]))
    assert provenance.part_name == f"{UPLOAD.run_id}/000003.parquet"
