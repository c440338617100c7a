"""The same upload, however it is told: every recorded event leads to the object that it is about."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cloudevents.http import from_http
from hypothesis import given
from hypothesis import strategies as st

from functions.aws_events import DECISION, as_notification, is_decision, microseconds, objects_of
from functions.events import EventError, ObjectEvent, from_object_resource

EVENTS = Path(__file__).parents[1] / "events"
NAME = "sales/a b+ü.csv"
AT = datetime(2026, 1, 10, 10, 0, 0, 123_000, tzinfo=UTC)
VERSION = "096fKKXTRTtl3on89fVO.nfljtsv6qko"


def recorded(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("mode", ["binary", "structured"])
def test_both_modes_of_a_cloud_event_tell_the_same(mode: str) -> None:
    request = recorded(f"eventarc_{mode}")
    event = from_http(request["headers"], json.dumps(request["body"]).encode())
    assert from_object_resource(event.get_data()) == ObjectEvent("eco-raw", NAME, 1768039200123456, AT, 1024)


def test_an_s3_notification_and_event_bridge_tell_the_same_upload() -> None:
    notified, bridged = objects_of(recorded("s3_notification")), objects_of(recorded("event_bridge"))
    assert notified == [ObjectEvent("eco-raw", NAME, 1768039200123000, AT, 1024, VERSION)]
    assert bridged[0].name == NAME
    assert [event.run_id for event in bridged] == [event.run_id for event in notified]


def test_messages_of_a_queue_carry_either_and_a_test_event_tells_of_nothing() -> None:
    told = [objects_of(json.loads(message["body"])) for message in recorded("sqs_batch")["Records"]]
    assert [[event.name for event in events] for events in told] == [[NAME], [NAME], []]


def test_a_deletion_is_no_upload() -> None:
    assert objects_of(recorded("s3_removed")) == []
    assert objects_of({**recorded("event_bridge"), "detail-type": "Object Deleted"}) == []


def test_without_versions_the_content_and_the_time_name_an_upload() -> None:
    record = recorded("s3_notification")
    del record["Records"][0]["s3"]["object"]["versionId"]
    event = objects_of(record)[0]
    assert (event.version, event.is_versioned) == ('"d41d8cd98f00b204e9800998ecf8427e"', False)
    later = ObjectEvent(event.bucket, event.name, event.generation + 1, event.uploaded_at, event.size, event.version)
    assert event.run_id != later.run_id


@given(st.text(min_size=1), st.sampled_from([VERSION, '"d41d8cd98f00b204e9800998ecf8427e"']))
def test_a_delivery_tells_the_upload_as_it_is(name: str, version: str) -> None:
    event = ObjectEvent("eco-raw", name, microseconds(AT), AT, 7, version)
    assert objects_of(json.loads(json.dumps(as_notification(event)))) == [event]


def test_an_upload_stays_itself_on_its_way_between_processes() -> None:
    (event,) = objects_of(recorded("s3_notification"))
    assert from_object_resource(json.loads(json.dumps(event.as_object_resource()))) == event


def test_a_decision_tells_of_no_object() -> None:
    told = json.loads(json.dumps(DECISION))
    assert is_decision(told) and objects_of(told) == []
    assert not any(map(is_decision, [recorded("event_bridge"), recorded("s3_notification"), "text"]))


@pytest.mark.parametrize("told", ["text", None, [], {}, {"Records": [{}]}, {"detail-type": "Object Created"}])
def test_what_tells_of_no_object_is_refused(told: object) -> None:
    with pytest.raises(EventError):
        objects_of(told)
