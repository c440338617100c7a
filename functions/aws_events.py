"""What AWS tells of an object: S3 notifications and EventBridge events, alone or as the body of an SQS message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from functions.events import DECIDED, EventError, ObjectEvent

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# What `load` is told when somebody released rows, in the form of an EventBridge event.
DECISION = {"version": "0", "detail-type": DECIDED, "source": "eco", "resources": [], "detail": {}}


def is_decision(told: Any) -> bool:
    """Whether it tells of no object, but that somebody released rows of the quality log."""
    return isinstance(told, Mapping) and told.get("detail-type") == DECIDED


def objects_of(told: Any) -> list[ObjectEvent]:
    """The objects that were written, as an S3 notification or an EventBridge event tells; raises EventError.

    None where it tells of something else, as S3's test event does. Their time is the event's, and where there is no
    version id, the version is an ETag: `S3.identified` says what S3 itself has of the object.
    """
    if not isinstance(told, Mapping):
        raise EventError(f"the event is {type(told).__name__}, not what S3 or EventBridge tells")
    try:
        if "detail-type" in told:
            return [_of_event_bridge(told)] if told["detail-type"] == "Object Created" else []
        if told.get("Event") == "s3:TestEvent":
            return []
        return [_of_record(record) for record in told["Records"] if record["eventName"].startswith("ObjectCreated:")]
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise EventError(f"the event is not what S3 or EventBridge tells: {error!r}") from error


def _of_record(record: Mapping[str, Any]) -> ObjectEvent:
    """One record of an S3 notification: the key is encoded as in a form, a blank being a plus."""
    item = record["s3"]["object"]
    at = datetime.fromisoformat(record["eventTime"])
    version = item.get("versionId") or f'"{item["eTag"]}"'
    name = unquote_plus(item["key"], errors="strict")
    return ObjectEvent(record["s3"]["bucket"]["name"], name, microseconds(at), at, int(item["size"]), version)


def _of_event_bridge(event: Mapping[str, Any]) -> ObjectEvent:
    """An EventBridge event: the key is as it is."""
    item = event["detail"]["object"]
    at = datetime.fromisoformat(event["time"])
    version = item.get("version-id") or f'"{item["etag"]}"'
    return ObjectEvent(event["detail"]["bucket"]["name"], item["key"], microseconds(at), at, int(item["size"]), version)


def as_notification(event: ObjectEvent) -> dict[str, Any]:
    """An event as S3 would have told it."""
    version = {"versionId": event.version} if event.is_versioned else {"eTag": event.version.strip('"')}
    item = {"key": quote_plus(event.name), "size": event.size, **version}
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Put",
        "eventTime": event.uploaded_at.isoformat(),
        "s3": {"s3SchemaVersion": "1.0", "bucket": {"name": event.bucket}, "object": item},
    }
    return {"Records": [record]}


def microseconds(at: datetime) -> int:
    """An instant as a whole number that grows with time."""
    return (at - EPOCH) // timedelta(microseconds=1)
