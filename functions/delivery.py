"""Delivers an object event to a function again, as the platform would have."""

from __future__ import annotations

import uuid

import requests
from cloudevents.conversion import to_binary
from cloudevents.http import CloudEvent

from functions.events import FINALIZED, ObjectEvent
from functions.identity import authorization

TIMEOUT_SECONDS = 30


def deliver(event: ObjectEvent, function: str, delivery_url: str) -> None:
    """Post the event to where `function` takes deliveries; raises requests.RequestException where that fails."""
    attributes = {
        "id": str(uuid.uuid4()),
        "type": FINALIZED,
        "source": f"//storage.googleapis.com/projects/_/buckets/{event.bucket}",
        "subject": f"objects/{event.name}".encode("ascii", "backslashreplace").decode(),
    }
    headers, body = to_binary(CloudEvent(attributes, event.as_object_resource()))
    url = delivery_url.format(function=function)
    headers |= authorization(url)
    requests.post(url, data=body, headers=headers, timeout=TIMEOUT_SECONDS).raise_for_status()
