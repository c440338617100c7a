"""Delivers events to functions: an object's again, as the platform would have, and that somebody decided."""

from __future__ import annotations

import uuid

import requests
from cloudevents.conversion import to_binary
from cloudevents.http import CloudEvent

from functions.events import DECIDED, FINALIZED, ObjectEvent

TIMEOUT_SECONDS = 30


def deliver(event: ObjectEvent, function: str, delivery_url: str) -> None:
    """Post the event to where `function` takes deliveries; raises requests.RequestException where that fails."""
    attributes = {
        "id": str(uuid.uuid4()),
        "type": FINALIZED,
        "source": f"//storage.googleapis.com/projects/_/buckets/{event.bucket}",
        "subject": f"objects/{event.name}".encode("ascii", "backslashreplace").decode(),
    }
    _post(CloudEvent(attributes, event.as_object_resource()), function, delivery_url)


def tell_of_decisions(delivery_url: str) -> None:
    """Tell `load` that rows of the quality log were released; raises requests.RequestException where that fails."""
    attributes = {"id": str(uuid.uuid4()), "type": DECIDED, "source": "//eco/quality_log"}
    _post(CloudEvent(attributes, {}), "load", delivery_url)


def _post(event: CloudEvent, function: str, delivery_url: str) -> None:
    headers, body = to_binary(event)
    url = delivery_url.format(function=function)
    requests.post(url, data=body, headers=headers, timeout=TIMEOUT_SECONDS).raise_for_status()
