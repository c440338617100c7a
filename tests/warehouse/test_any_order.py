"""P2, P3 and P4: whatever the order, the repetition and the crashes, the same uploads leave the same warehouse.

Random histories on a real PostgreSQL, each held against the oracle and against the history without any trouble.
"""

from __future__ import annotations

import os
import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from functions import verify
from functions.events import ObjectEvent
from functions.ledger import LeaseHeldError, LeaseLostError
from functions.warehouse import Warehouse, connect
from tests.pipeline import HANDLERS, Pipeline
from tests.running_stack import RunningStack
from tests.warehouse import oracle, state
from tests.warehouse.crash import ProcessKilled, killed_at
from tests.warehouse.emptying import empty
from tests.warehouse.random_files import AT_THE_LAST_SNAPSHOT, FILES, File

SECONDS_AT_MOST = 12  # a history, on a machine that has other things to do
HISTORIES = int(os.environ.get("HISTORIES", "200"))
MOST_UPLOADS = 6
MOST_TICKS = 2
CLOCK = datetime(2025, 2, 1, tzinfo=UTC)
STAGES = list(HANDLERS)
CHOICE = st.integers(0, 63)

STEPS = 15
# Shrinking takes minutes: set SHRINK to have it when you look for a bug.
PHASES = [Phase.generate, *([Phase.shrink] if "SHRINK" in os.environ else [])]
# Columns of the dimensions, and what files call them.
PRODUCT_ATTRIBUTES = {
    "product_name": "product_name", "product_kg": "declared_product_kg", "baseline_kg": "declared_baseline_kg",
}  # fmt: skip
CUSTOMER_ATTRIBUTES = {"loyalty_tier": "loyalty_tier"}

Delivery = tuple[str, ObjectEvent]


@pytest.fixture(scope="module")
def shared(stack: RunningStack) -> Iterator[Pipeline]:
    """One warehouse for all histories, emptied before each; parts are small, and a killed attempt's lease lapses."""
    with Pipeline.made(stack.home, f"test_{uuid.uuid4().hex[:12]}") as pipeline:
        never = 1_000_000
        pipeline.changes |= {"part_rows": 2, "lease_seconds": 0, "stage_retention_hours": 0}
        pipeline.changes |= {"redeliver_after_minutes": never, "hang_after_minutes": never}
        yield pipeline


class Histories(RuleBasedStateMachine):
    """Uploads, deliveries of any event of any upload, repetitions, crashes and maintenance, in any order."""

    def __init__(self, pipeline: Pipeline, reader: Warehouse) -> None:
        super().__init__()
        self.reader = reader
        self.pipeline = pipeline
        self.uploads: list[oracle.Upload] = []
        self.events: dict[str, ObjectEvent] = {}
        self.due: list[Delivery] = []
        self.done: list[Delivery] = []
        self.chance = random.Random(0)
        self.ticks = 0
        empty(pipeline)

    @initialize(files=st.lists(FILES, min_size=1, max_size=3), seed=st.integers(0, 2**32 - 1))
    def begin(self, files: list[File], seed: int) -> None:
        self.chance = random.Random(seed)
        for file in files:
            self.upload(file)

    @precondition(lambda self: len(self.uploads) < MOST_UPLOADS)
    @rule(file=FILES)
    def upload(self, file: File) -> None:
        known = File(file.folder, tuple(self._dated(row) for row in file.rows))
        name = f"{file.folder}/{len(self.uploads)}.csv"
        event = self.pipeline.upload(name, known.text())
        note(f"{name} at {event.uploaded_at.isoformat()}:\n{known.text()}")
        self.uploads.append(oracle.Upload(name, event.uploaded_at, known.rows))
        self.events[str(event.run_id)] = event
        self.due.append(("validate", event))

    @precondition(lambda self: self.due)
    @rule(choice=CHOICE)
    def deliver(self, choice: int) -> None:
        self._deliver(self.due[choice % len(self.due)])

    @precondition(lambda self: self.done)
    @rule(choice=CHOICE)
    def deliver_again(self, choice: int) -> None:
        self._deliver(self.done[choice % len(self.done)])

    @precondition(lambda self: self._mortal())
    @rule(choice=CHOICE, step=st.integers(1, 12) | st.integers(10, 40))
    def crash(self, choice: int, step: int) -> None:
        stage, event = delivery = self._mortal()[choice % len(self._mortal())]
        note(f"crash at step {step} of {stage} {self._shown(event)}")
        with pytest.raises(ProcessKilled), killed_at(self.pipeline.platforms[stage].warehouse.engine, step):
            self.pipeline.deliver(stage, event)
        if delivery not in self.due:
            self.due.append(delivery)
        self._notice_parts(delivery)

    @precondition(lambda self: self.ticks < MOST_TICKS)
    @rule()
    def maintain(self) -> None:
        self.ticks += 1
        self.pipeline.maintain(now=CLOCK)

    def teardown(self) -> None:
        while self.due:
            self._deliver(self.chance.choice(self.due))
        self._check_runs()
        assert [finding for finding in verify.verify(self.reader) if not finding.holds] == []
        assert_is_expected(state.of(self.pipeline), self.uploads)
        self._check_without_trouble(verify.checksums(self.reader))

    def _check_without_trouble(self, found: dict[str, tuple[int, str]]) -> None:
        """The same uploads, each processed once, in their order, leave the same."""
        empty(self.pipeline, keep_uploads=True)
        self.pipeline.process(*self.events.values())
        assert verify.checksums(self.reader) == found

    def _dated(self, row: oracle.Row) -> oracle.Row:
        if row.get("valid_from") != AT_THE_LAST_SNAPSHOT:
            return row
        snapshots = [upload.uploaded_at for upload in self.uploads if upload.is_snapshot]
        return {**row, "valid_from": snapshots[-1] if snapshots else None}

    def _mortal(self) -> list[Delivery]:
        """What may be killed in the middle of a transaction."""
        return [delivery for delivery in (*self.due, *self.done) if delivery[0] in ("validate", "load")]

    def _deliver(self, delivery: Delivery) -> None:
        stage, event = delivery
        note(f"{stage} {self._shown(event)}")
        try:
            self.pipeline.deliver(stage, event)
        except (LeaseHeldError, LeaseLostError):
            return
        if delivery in self.due:
            self.due.remove(delivery)
            self.done.append(delivery)
        self._notice_parts(delivery)

    def _notice_parts(self, delivery: Delivery) -> None:
        """The events of the next stage that are due now."""
        stage, event = delivery
        if stage == STAGES[-1]:
            return
        following = STAGES[STAGES.index(stage) + 1]
        for part in self.pipeline.parts(following, self._upload_of(event)):
            if (following, part) not in (*self.due, *self.done):
                self.due.append((following, part))

    def _upload_of(self, event: ObjectEvent) -> ObjectEvent:
        return self.events.get(event.name.split("/")[0], event)

    def _shown(self, event: ObjectEvent) -> str:
        upload = self._upload_of(event)
        return upload.name if upload is event else f"{upload.name}, part {event.name.split('/')[1]}"

    def _check_runs(self) -> None:
        for event, upload in zip(self.events.values(), self.uploads, strict=True):
            run = self.pipeline.run(event)
            assert run["status"] == "SUCCESS", run["reason"]
            outcomes = ("loaded", "unchanged", "superseded", "rejected", "held")
            assert run["rows_read"] == sum(run[f"rows_{name}"] for name in outcomes)
            assert run["rows_held"] == 0
            assert run["rows_rejected"] == len(upload.rows) - len(list(upload.valid()))


def assert_is_expected(found: dict[str, list[dict[str, Any]]], uploads: list[oracle.Upload]) -> None:
    """Hold what a warehouse says against the oracle."""
    expected = {
        "facts": oracle.facts(uploads),
        "products": oracle.versions(uploads, "product", PRODUCT_ATTRIBUTES),
        "customers": oracle.versions(uploads, "customer", CUSTOMER_ATTRIBUTES),
    }
    for name, rows in expected.items():
        said = _said(found[name], rows)
        missing, unexpected = [row for row in rows if row not in said], [row for row in said if row not in rows]
        assert said == rows, f"of the {name} there are not: {missing}; there are instead: {unexpected}"


def _said(found: list[dict[str, Any]], expected: list[oracle.Row]) -> list[oracle.Row]:
    """Of rows of the warehouse, the columns of which the oracle says something. It calls -infinity None."""
    columns = expected[0] if expected else {}
    return [{name: None if row[name] == "-infinity" else row[name] for name in columns} for row in found]


@pytest.mark.timeout(SECONDS_AT_MOST * HISTORIES)
def test_order_repetition_and_crashes_do_not_matter(shared: Pipeline) -> None:
    reader = connect(shared.settings("eco_reader"))

    class OnSharedWarehouse(Histories):
        def __init__(self) -> None:
            super().__init__(shared, reader)

    run_state_machine_as_test(
        OnSharedWarehouse,
        settings=settings(max_examples=HISTORIES, stateful_step_count=STEPS, report_multiple_bugs=False, phases=PHASES),
    )
