"""Decisions at any moment, repeated, interrupted, before and after newer deliveries: the same warehouse in the end."""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterator

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.pipeline import Pipeline
from tests.running_stack import RunningStack
from tests.warehouse import reviewing, state
from tests.warehouse.crash import ProcessKilled, killed_at
from tests.warehouse.emptying import empty
from tests.warehouse.files import product, products, retail, retail_line, sale, sales
from tests.warehouse.reviewing import AT, HELD, REJECTED, RETAIL_HELD, RETAIL_REJECTED, RETAIL_USUAL, USUAL

EXAMPLES = int(os.environ.get("HISTORIES", "200")) // 10
PHASES = [Phase.generate, *([Phase.shrink] if "SHRINK" in os.environ else [])]
FILES = {
    "sales/1.csv": sales(*USUAL, HELD, REJECTED),
    "sales/online-retail/1.csv": retail(*RETAIL_USUAL, RETAIL_HELD, RETAIL_REJECTED),
    "products/1.csv": products(product("P1", "2010-01-01", price="cheap"), product("P1", "2026-01-05", footprint="2")),
    # Newer: of the held line, of the order whole, of the product at the instant of the rejected row.
    "sales/2.csv": sales(sale("A2", 1, AT, "P1", "C1", price="11"), sale("A3", 2, AT, "P1")),
    "sales/online-retail/2.csv": retail(retail_line("R1", "P1", 2, price="2550"), retail_line("R2", "P1", 1)),
    "products/2.csv": products(product("P1", "2010-01-01", footprint="0.5")),
}
# What is decided in the end about each row that is held or rejected.
DECIDED = {
    ("sales/1.csv", 21): ("release", {}),
    ("sales/1.csv", 22): ("correct", {"quantity": "3"}),
    ("sales/online-retail/1.csv", 13): ("release", {}),
    ("sales/online-retail/1.csv", 14): ("correct", {"quantity": "2"}),
    ("products/1.csv", 1): ("correct", {"list_price": "9"}),
}
ROWS = list(DECIDED)
STEPS = st.lists(
    st.tuples(st.just("deliver"), st.sampled_from(list(FILES)))
    | st.tuples(st.sampled_from(["decide", "decide", "undo"]), st.sampled_from(ROWS))
    | st.tuples(st.just("load"), st.none())
    | st.tuples(st.just("crash"), st.integers(1, 30)),
    max_size=14,
)


@pytest.fixture(scope="module")
def shared(stack: RunningStack) -> Iterator[Pipeline]:
    """One warehouse for all histories, emptied before each."""
    with Pipeline.made(stack.home, f"test_{uuid.uuid4().hex[:12]}") as pipeline:
        yield pipeline


class History:
    """The uploads of one history, and what was done with them so far."""

    def __init__(self, pipeline: Pipeline) -> None:
        empty(pipeline)
        self.pipeline = pipeline
        self.uploads = {name: pipeline.upload(name, content) for name, content in FILES.items()}
        self.delivered: set[str] = set()

    def do(self, step: str, target: object) -> None:
        match step:
            case "deliver":
                self.delivered.add(str(target))
                self.pipeline.process(self.uploads[str(target)])
            case "load":
                reviewing.load_released(self.pipeline)
            case "crash":
                engine = self.pipeline.platforms["load"].warehouse.engine
                with contextlib.suppress(ProcessKilled), killed_at(engine, int(str(target))):
                    reviewing.load_released(self.pipeline)
            case _:
                self._decide(*target, undo=step == "undo")  # type: ignore[misc] # a key of DECIDED

    def _decide(self, name: str, row: int, undo: bool = False) -> None:
        if name in self.delivered:
            kind, correction = ("undo", {}) if undo else DECIDED[name, row]
            reviewing.decide(self.pipeline, self.uploads[name], row, kind, **correction)

    def finish(self) -> None:
        """Deliver and decide what is left, and load it."""
        for name in FILES:
            if name not in self.delivered:
                self.do("deliver", name)
        for row in ROWS:
            self.do("decide", row)
        self.do("load", None)


@pytest.fixture(scope="module")
def expected(shared: Pipeline) -> dict[str, list[dict[str, object]]]:
    """What is left where all is decided at once, each file before the next."""
    history = History(shared)
    for name in FILES:
        history.do("deliver", name)
        for decided in ROWS:
            if decided[0] == name:
                history.do("decide", decided)
        history.do("load", None)
    found = state.of(shared)
    # By hand: nineteen usual lines and one, the newer A2, the corrected A3, the order R1 as last stated, and R2.
    lines = [(row["order_id"], row["line_no"], row["quantity"], int(row["unit_price"])) for row in found["facts"]]
    assert lines[20:] == [("A2", 1, 1, 11), ("A3", 1, 3, 12), ("A3", 2, 1, 10), ("R1", 1, 2, 2550), ("R2", 2, 1, 2)]
    return found


def test_when_rows_are_decided_about_and_loaded_does_not_matter(
    shared: Pipeline, expected: dict[str, list[dict[str, object]]]
) -> None:
    @settings(max_examples=EXAMPLES, phases=PHASES)
    @given(STEPS)
    def histories(steps: list[tuple[str, object]]) -> None:
        history = History(shared)
        for step, target in steps:
            history.do(step, target)
        reviewing.assert_in_order(shared)
        history.finish()
        reviewing.assert_in_order(shared)
        assert state.of(shared) == expected
        for name, row in ROWS:
            assert reviewing.entry(shared, history.uploads[name], row)["review_state"] == "loaded"

    histories()


@pytest.mark.parametrize(
    ("name", "row"), [("sales/1.csv", 21), ("sales/online-retail/1.csv", 14), ("products/1.csv", 1)]
)
def test_a_load_that_is_killed_anywhere_leaves_nothing_or_all(shared: Pipeline, name: str, row: int) -> None:
    history = History(shared)
    for file in FILES:
        history.do("deliver", file)
    history.do("decide", (name, row))
    engine = shared.platforms["load"].warehouse.engine
    for step in range(1, 60):
        before = reviewing.entry(shared, history.uploads[name], row)["review_state"]
        assert before == "released"
        with contextlib.suppress(ProcessKilled), killed_at(engine, step):
            reviewing.load_released(shared)
        reviewing.assert_in_order(shared)
        if reviewing.entry(shared, history.uploads[name], row)["review_state"] == "loaded":
            break
    else:
        pytest.fail("it was never loaded")
    assert step > 10
    reviewing.load_released(shared)
    history.finish()
    reviewing.assert_in_order(shared)
