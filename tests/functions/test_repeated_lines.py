"""Whether a part states a line twice, in whatever order its lines stand."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from functions.load_sales import _repeats_lines

LINES = st.lists(st.tuples(st.sampled_from("ABC"), st.integers(-2, 3), st.integers(0, 1)), max_size=8)


@given(LINES | LINES.map(sorted))
def test_it_is_so_where_a_line_stands_twice(lines: list[tuple[str, int, int]]) -> None:
    orders, numbers, times = zip(*lines, strict=True) if lines else ((), (), ())
    sales = pa.table(
        {
            "order_id": pa.array(orders, pa.string()),
            "line_no": pa.array(numbers, pa.int32()),
            "sale_timestamp": pa.array(times, pa.timestamp("us", "UTC")),
        }
    )
    assert _repeats_lines(sales) == (len(set(lines)) < len(lines))
