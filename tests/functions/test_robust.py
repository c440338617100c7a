"""Median and MAD of the others, against the definition, row by row."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from functions.robust import MAD_TO_SIGMA, leave_one_out, spread


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-5, 5)), min_size=1, max_size=40))
def test_every_row_is_left_out_of_its_own_baseline(rows: list[tuple[int, int]]) -> None:
    _, groups = np.unique([group for group, _ in rows], return_inverse=True)
    values = np.array([float(value) for _, value in rows])
    baseline = leave_one_out(values, groups)
    for row in range(len(rows)):
        others = values[(groups == groups[row]) & (np.arange(len(rows)) != row)]
        assert baseline.others[row] == len(others)
        if not len(others):
            assert np.isnan(baseline.centre[row])
            continue
        assert baseline.centre[row] == np.median(others)
        mad = np.median(np.abs(others - np.median(others)))
        assert np.isclose(baseline.scale[row], mad * MAD_TO_SIGMA)


def test_no_rows_have_no_baseline() -> None:
    assert len(leave_one_out(np.array([]), np.array([], dtype=np.int64)).centre) == 0


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=40))
def test_a_spread_of_counted_values_is_that_of_the_values(values: list[int]) -> None:
    distinct, lines = np.unique(values, return_counts=True)
    found = spread(distinct.astype(float), lines)
    middle = sorted(values)[(len(values) - 1) // 2]
    assert found.median == middle
    assert np.isclose(
        found.sigma / MAD_TO_SIGMA, sorted(abs(value - middle) for value in values)[(len(values) - 1) // 2]
    )
