"""Ten load functions at once, on overlapping files and dimensions: as if one after the other."""

import uuid
from concurrent.futures import ThreadPoolExecutor

from functions.events import ObjectEvent
from tests.pipeline import Pipeline
from tests.running_stack import RunningStack
from tests.warehouse import state
from tests.warehouse.files import customer, customers, product, products, retail, retail_line, sale, sales

LOADERS = 10
KEYS = [f"P{number}" for number in range(8)]


def files() -> list[tuple[str, str]]:
    """Forty files that state the same few orders, products and customers over and over, each differently."""
    return [file for round_no in range(10) for file in files_of(round_no)]


def files_of(round_no: int) -> list[tuple[str, str]]:
    days = [f"2026-0{1 + (round_no + place) % 3}-1{place % 10}" for place in range(8)]
    lines = [
        sale(
            f"A{place % 4}", place, f"2026-01-1{place}", KEYS[(place + round_no) % 8], f"C{place % 2}", 1 + round_no % 3
        )
        for place in range(1, 8)
    ]
    whole = [
        retail_line(f"R{place % 3}", KEYS[(place * round_no) % 8], 1 + place % 2, day="2026-01-12")
        for place in range(6)
    ]
    return [
        (f"sales/{round_no}.csv", sales(*lines)),
        (f"sales/online-retail/{round_no}.csv", retail(*whole)),
        (f"products/{round_no}.csv", products(*map(product, KEYS, days, range(1, 9), [9 + round_no] * 8))),
        (
            f"customers/{round_no}.csv",
            customers(*(customer(f"C{n}", days[n], f"tier{round_no % 2}") for n in range(2))),
        ),
    ]


def test_ten_loads_at_once_leave_what_one_after_the_other_leaves(stack: RunningStack) -> None:
    with Pipeline.made(stack.home, f"test_{uuid.uuid4().hex[:12]}") as one_by_one:
        one_by_one.process(*uploaded(one_by_one))
        expected = state.of(one_by_one)
    with Pipeline.made(stack.home, f"test_{uuid.uuid4().hex[:12]}") as at_once:
        at_once.changes["db_pool_size"] = LOADERS
        uploads = uploaded(at_once)
        for stage in ("validate", "score", "transform"):
            for event in (event for upload in uploads for event in at_once.parts(stage, upload)):
                at_once.deliver(stage, event)
        parts = [event for upload in reversed(uploads) for event in at_once.parts("load", upload)]
        with ThreadPoolExecutor(LOADERS) as loaders:
            # Each part twice; whatever a load raises, a deadlock for one, fails the test.
            list(loaders.map(lambda part: at_once.deliver("load", part), [*parts, *parts]))
        assert state.of(at_once) == expected
        assert {at_once.run(upload)["status"] for upload in uploads} == {"SUCCESS"}


def uploaded(pipeline: Pipeline) -> list[ObjectEvent]:
    return [pipeline.upload(name, content) for name, content in files()]
