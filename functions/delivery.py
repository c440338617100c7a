"""Delivers events to functions: an object's again, as the platform would have, and that somebody decided."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import requests
from cloudevents.conversion import to_binary
from cloudevents.http import CloudEvent

from functions import aws_events
from functions.events import DECIDED, FINALIZED, ObjectEvent
from functions.identity import authorization
from functions.settings import Settings

TIMEOUT_SECONDS = 30


class UnreachableError(OSError):
    """Nothing answers where deliveries go: no event's own trouble, and each further one would wait just as long."""


def deliver(event: ObjectEvent, function: str, settings: Settings) -> None:
    """Give the event to what feeds `function`; raises UnreachableError, or another error where it is refused."""
    url = settings.delivery_url.format(function=function)
    if settings.store == "s3":
        _send(aws_events.as_notification(event), url)
        return
    attributes = {
        "type": FINALIZED,
        "source": f"//storage.googleapis.com/projects/_/buckets/{event.bucket}",
        "subject": f"objects/{event.name}".encode("ascii", "backslashreplace").decode(),
    }
    _post(CloudEvent(attributes, event.as_object_resource()), url)


def tell_of_decisions(settings: Settings) -> None:
    """Tell `load` that rows of the quality log were released; raises as `deliver` does."""
    url = settings.delivery_url.format(function="load")
    if settings.store == "s3":
        _send(aws_events.DECISION, url)
        return
    _post(CloudEvent({"type": DECIDED, "source": "//eco/quality_log"}, {}), url)


def _post(event: CloudEvent, url: str) -> None:
    """Post an event, which has an id of its own, to a function."""
    headers, body = to_binary(event)
    headers |= authorization(url)
    try:
        requests.post(url, data=body, headers=headers, timeout=TIMEOUT_SECONDS).raise_for_status()
    except (requests.ConnectionError, requests.Timeout) as error:
        raise UnreachableError(str(error)) from error


def _send(told: Mapping[str, Any], url: str) -> None:
    """Send to the SQS queue at `url` what S3 or EventBridge would have."""
    from botocore import exceptions

    try:
        queues().send_message(QueueUrl=url, MessageBody=json.dumps(told))
    except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
        raise UnreachableError(str(error)) from error


@cache
def queues() -> Any:
    """The client of SQS, made at the first delivery and kept."""
    from functions.aws import client

    return client("sqs")
