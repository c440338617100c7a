"""The nearest number of a row's own product, against looking at each."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from functions.catalogue import Ladders

numbers = st.floats(1e-6, 1e12)
ladders = st.lists(st.lists(numbers, min_size=1, max_size=5, unique=True).map(sorted), min_size=1, max_size=6)


@given(ladders, st.lists(st.tuples(st.integers(0, 5), numbers), max_size=20))
def test_the_nearest_is_of_the_own_product_and_no_other_is_nearer(
    each: list[list[float]], asked: list[tuple[int, float]]
) -> None:
    products = np.array([product % len(each) for product, _ in asked], dtype=np.int64)
    values = np.array([value for _, value in asked])
    found = Ladders([np.array(ladder) for ladder in each]).nearest(products, values)
    for product, value, nearest in zip(products, values, found, strict=True):
        assert nearest in each[product]
        least = min(abs(np.log(value / number)) for number in each[product])
        assert np.isclose(abs(np.log(value / nearest)), least, atol=1e-9)


@given(ladders)
def test_each_number_is_found_exactly(each: list[list[float]]) -> None:
    found = Ladders([np.array(ladder) for ladder in each])
    for product, ladder in enumerate(each):
        owner = np.full(len(ladder), product)
        assert found.nearest(owner, np.array(ladder)).tolist() == ladder
