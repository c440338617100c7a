"""Delivers an object event to a function again, as the platform would have."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from functools import cache
from typing import Any

import requests
from cloudevents.conversion import to_binary
from cloudevents.http import CloudEvent

from functions.events import FINALIZED, ObjectEvent
from functions.identity import authorization
from functions.settings import Settings

TIMEOUT_SECONDS = 30


class UnreachableError(OSError):
    """Nothing answers where deliveries go: no event's own trouble, and each further one would wait just as long."""


def deliver(event: ObjectEvent, function: str, settings: Settings) -> None:
    """Give the event to what feeds `function`; raises UnreachableError, or another error where it is refused."""
    DELIVERIES[settings.store](event, settings.delivery_url.format(function=function))


def _post(event: ObjectEvent, url: str) -> None:
    """Post it as a CloudEvent."""
    attributes = {
        "id": str(uuid.uuid4()),
        "type": FINALIZED,
        "source": f"//storage.googleapis.com/projects/_/buckets/{event.bucket}",
        "subject": f"objects/{event.name}".encode("ascii", "backslashreplace").decode(),
    }
    headers, body = to_binary(CloudEvent(attributes, event.as_object_resource()))
    headers |= authorization(url)
    try:
        requests.post(url, data=body, headers=headers, timeout=TIMEOUT_SECONDS).raise_for_status()
    except (requests.ConnectionError, requests.Timeout) as error:
        raise UnreachableError(str(error)) from error


def _send(event: ObjectEvent, url: str) -> None:
    """Send it to the SQS queue at `url`, as S3 does."""
    from botocore import exceptions

    from functions.aws_events import as_notification

    try:
        queues().send_message(QueueUrl=url, MessageBody=json.dumps(as_notification(event)))
    except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
        raise UnreachableError(str(error)) from error


@cache
def queues() -> Any:
    """The client of SQS, made at the first delivery and kept."""
    from functions.aws import client

    return client("sqs")


DELIVERIES: dict[str, Callable[[ObjectEvent, str], None]] = {"gcs": _post, "s3": _send}
