"""Events: which object they are about, and which run that is."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from functions.events import EventError, ObjectEvent, from_object_resource

UPLOAD = ObjectEvent("eco-raw", "sales/a b+ü.csv", 1700000000000000, datetime(2026, 1, 1, tzinfo=UTC), 10)


def test_an_event_survives_being_written() -> None:
    assert from_object_resource(UPLOAD.as_object_resource()) == UPLOAD


def test_a_run_is_one_generation_of_one_object() -> None:
    assert replace(UPLOAD, size=11).run_id == UPLOAD.run_id
    others = [replace(UPLOAD, generation=1), replace(UPLOAD, name="sales/b.csv"), replace(UPLOAD, bucket="other")]
    assert len({event.run_id for event in (UPLOAD, *others)}) == 4


@pytest.mark.parametrize("data", ["not json", None, [], {}, {"bucket": "b", "name": "n", "generation": "x"}])
def test_what_is_no_object_is_refused(data: object) -> None:
    with pytest.raises(EventError):
        from_object_resource(data)
