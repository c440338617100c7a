"""Which version of a product or customer is valid at the time of a sale."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from functions.versions import at_their_times

TIMES = st.integers(0, 12)


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[int, int, int]]:
    """Versions of a few places, (place, since, until), in any order; between those of a place there may be gaps."""
    versions = []
    for place in range(draw(st.integers(0, 4))):
        cuts = draw(st.lists(TIMES, unique=True, max_size=7).map(sorted))
        spans = itertools.pairwise(cuts)
        versions += [(place, since, until) for since, until in spans if draw(st.booleans())]
    return draw(st.permutations(versions))


@given(histories(), st.lists(st.tuples(st.integers(0, 4), TIMES), max_size=20))
def test_it_is_the_one_whose_time_includes_the_sale(
    versions: list[tuple[int, int, int]], sales: list[tuple[int, int]]
) -> None:
    expected = [
        next((n for n, (at, since, until) in enumerate(versions) if at == place and since <= time < until), None)
        for place, time in sales
    ]
    columns = dict(zip(("place", "since", "until"), np.array(versions, np.int64).reshape(-1, 3).T, strict=True))
    places, times = np.array(sales, np.int64).reshape(-1, 2).T
    assert at_their_times(places, times, columns).to_pylist() == expected
