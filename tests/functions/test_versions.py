"""Which version of a product or customer is valid at the time of a sale."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from functions.versions import at_their_times

TIMES = st.integers(0, 12)
ALWAYS = st.lists(st.none(), max_size=1)
Version = tuple[int, int | None, int | None]


@st.composite
def histories(draw: st.DrawFn) -> list[Version]:
    """Versions of a few places, (place, since, until), in any order; between those of a place there may be gaps."""
    versions: list[Version] = []
    for place in range(draw(st.integers(0, 4))):
        cuts = draw(st.lists(TIMES, unique=True, max_size=7).map(sorted))
        spans = itertools.pairwise([*draw(ALWAYS), *cuts, *draw(ALWAYS)])
        versions += [(place, since, until) for since, until in spans if draw(st.booleans())]
    return draw(st.permutations(versions))


@given(histories(), st.lists(st.tuples(st.integers(0, 4), TIMES), max_size=20))
def test_it_is_the_one_whose_time_includes_the_sale(versions: list[Version], sales: list[tuple[int, int]]) -> None:
    def is_valid(version: Version, place: int, time: int) -> bool:
        at, since, until = version
        return at == place and (since is None or since <= time) and (until is None or time < until)

    expected = [
        next((n for n, version in enumerate(versions) if is_valid(version, place, time)), None) for place, time in sales
    ]
    columns = {name: [version[at] for version in versions] for at, name in enumerate(("place", "since", "until"))}
    places, times = np.array(sales, np.int64).reshape(-1, 2).T
    assert at_their_times(places, times, columns).to_pylist() == expected
