"""P2, P3 and P4: the same uploads in any order and repetition leave the same facts and dimensions."""

import uuid
from contextlib import AbstractContextManager
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from functions.events import ObjectEvent
from tests.pipeline import Pipeline
from tests.running_stack import RunningStack
from tests.warehouse import state
from tests.warehouse.files import customer, customers, product, products, retail, retail_line, sale, sales

DAYS = ("2026-01-05", "2026-01-20", "2026-02-10")


@dataclass(frozen=True)
class File:
    """A file of a shop, by name and content."""

    name: str
    content: str


SALE = st.builds(
    sale, st.sampled_from(["A1", "A2"]), st.integers(1, 2), st.sampled_from(DAYS), st.sampled_from(["P1", "P2"]),
    st.sampled_from(["", "C1"]), st.integers(-2, 3).filter(bool),
)  # fmt: skip
RETAIL = st.builds(
    retail_line, st.sampled_from(["R1", "R2"]), st.sampled_from(["P1", "P2"]), st.integers(1, 2), st.just("2.5"),
    st.sampled_from(DAYS),
)  # fmt: skip
PRODUCT = st.builds(product, st.sampled_from(["P1", "P2"]), st.sampled_from(DAYS), st.integers(1, 3))
CUSTOMER = st.builds(customer, st.just("C1"), st.sampled_from(DAYS), st.sampled_from(["gold", "none"]))
FILE = st.one_of(
    st.builds(lambda rows: File("sales/{}.csv", sales(*rows)), st.lists(SALE, min_size=1, max_size=4)),
    st.builds(lambda rows: File("sales/online-retail/{}.csv", retail(*rows)), st.lists(RETAIL, min_size=1, max_size=4)),
    st.builds(lambda rows: File("products/{}.csv", products(*rows)), st.lists(PRODUCT, min_size=1, max_size=3)),
    st.builds(lambda rows: File("customers/{}.csv", customers(*rows)), st.lists(CUSTOMER, min_size=1, max_size=3)),
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[File], list[int]]:
    """Files in the order of their upload, and the places of that order in which they are delivered, some repeated."""
    files = draw(st.lists(FILE, min_size=2, max_size=5))
    places = list(range(len(files)))
    again = draw(st.lists(st.sampled_from(places), max_size=3))
    return files, draw(st.permutations([*places, *again]))


@settings(max_examples=25)
@given(histories())
def test_order_and_repetition_do_not_matter(stack: RunningStack, history: tuple[list[File], list[int]]) -> None:
    files, order = history
    with made(stack) as pipeline, made(stack) as other:
        uploads = [pipeline.upload(file.name.format(number), file.content) for number, file in enumerate(files)]
        pipeline.process(*uploads)
        other.process(*(uploads[place] for place in order))
        assert state.of(other) == state.of(pipeline)
        assert_every_run_adds_up(other, uploads)


def made(stack: RunningStack) -> AbstractContextManager[Pipeline]:
    return Pipeline.made(stack.home, f"test_{uuid.uuid4().hex[:12]}")


def assert_every_run_adds_up(pipeline: Pipeline, uploads: list[ObjectEvent]) -> None:
    for upload in uploads:
        run = pipeline.run(upload)
        assert run["status"] == "SUCCESS", run["reason"]
        outcomes = ("loaded", "unchanged", "superseded", "rejected", "held")
        assert run["rows_read"] == sum(run[f"rows_{name}"] for name in outcomes)
