"""A CloudEvent in binary mode: headers and a body, on its way to one function."""

from __future__ import annotations

import json
import string
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from functions.events import FINALIZED
from functions.settings import Settings

# The HTTP binding of CloudEvents: everything printable but space, double quote and percent stands as it is.
_VERBATIM = "".join(set(string.punctuation) - {'"', "%"})
REQUIRED = ("ce-id", "ce-source", "ce-specversion", "ce-type")


class NotAnEventError(ValueError):
    """What came in is not a CloudEvent in binary mode."""


@dataclass(frozen=True)
class Event:
    """One delivery: which function, with which headers and body."""

    function: str
    headers: Mapping[str, str]
    body: bytes


def from_notification(attributes: Mapping[str, str], body: bytes, functions: Mapping[str, str]) -> Event | None:
    """The event of a storage notification; None where no function listens to its bucket, or to its type."""
    bucket, name = attributes.get("bucketId", ""), attributes.get("objectId", "")
    if bucket not in functions or attributes.get("eventType") != "OBJECT_FINALIZE":
        return None
    headers = {
        "ce-id": str(uuid.uuid4()),
        "ce-source": f"//storage.googleapis.com/projects/_/buckets/{bucket}",
        "ce-specversion": "1.0",
        "ce-subject": quote(f"objects/{name}", safe=_VERBATIM),
        "ce-time": json.loads(body).get("timeCreated") or datetime.now(UTC).isoformat(),
        "ce-type": FINALIZED,
        "content-type": "application/json",
    }
    return Event(functions[bucket], headers, body)


def from_request(function: str, headers: Mapping[str, str], body: bytes) -> Event:
    """The event of an HTTP request that carries a CloudEvent in binary mode; raises NotAnEventError."""
    kept = {
        name.lower(): value
        for name, value in headers.items()
        if name.lower().startswith("ce-") or name.lower() == "content-type"
    }
    missing = [name for name in REQUIRED if name not in kept]
    if missing:
        raise NotAnEventError(f"not a CloudEvent in binary mode: no header {', '.join(missing)}")
    return Event(function, kept, body)


def functions_of_buckets(settings: Settings) -> dict[str, str]:
    """Which function each bucket triggers."""
    return {
        settings.bucket_raw: "validate",
        settings.bucket_validated: "score",
        settings.bucket_scored: "transform",
        settings.bucket_curated: "load",
    }
