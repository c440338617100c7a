"""What a function is told: an object was written to a bucket."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

FINALIZED = "google.cloud.storage.object.v1.finalized"
# Somebody released rows of the quality log: `load` has something to do.
DECIDED = "eco.review.decided"
RUN_NAMESPACE = uuid.UUID("6f9bd6f4-0f4c-5f5e-9d0e-2f0c3d0a7e11")


class EventError(ValueError):
    """The event does not say which object it is about."""


@dataclass(frozen=True)
class ObjectEvent:
    """One generation of one object: the identity of a run.

    `generation` puts the uploads of one name in their order. On Google Cloud it also names the one to read; S3 has no
    such number, so there `version` does: the version id, or the ETag in its quotes where a bucket keeps no versions.

    Events are told apart by (bucket, name, generation or version), never by an id of the event: a repeated
    delivery may carry another id, and a changed ACL publishes `finalized` again.
    """

    bucket: str
    name: str
    generation: int
    uploaded_at: datetime
    size: int
    version: str = ""

    @property
    def is_versioned(self) -> bool:
        """Whether `version` alone tells this upload from all others of the name; an ETag tells only contents apart."""
        return bool(self.version) and not self.version.startswith('"')

    @property
    def run_id(self) -> uuid.UUID:
        """The run of this upload: the same for every delivery of the same generation."""
        upload = self.version if self.is_versioned else f"{self.generation}{self.version}"
        return uuid.uuid5(RUN_NAMESPACE, f"{self.bucket}\n{self.name}\n{upload}")

    def as_object_resource(self) -> dict[str, str]:
        """This event as the body of a Cloud Storage notification; of S3, with the version that such a body has not."""
        resource = {
            "bucket": self.bucket,
            "name": self.name,
            "generation": str(self.generation),
            "timeCreated": self.uploaded_at.isoformat(),
            "size": str(self.size),
        }
        return resource | ({"version": self.version} if self.version else {})


def run_of(part: ObjectEvent) -> uuid.UUID:
    """The run that a part belongs to, by its name."""
    return uuid.UUID(part.name.split("/")[0])


def number_of(part: ObjectEvent) -> int:
    """The number of a part in its run, by its name."""
    return int(part.name.split("/")[1].removesuffix(".parquet"))


def from_object_resource(resource: Any) -> ObjectEvent:
    """Read a Cloud Storage object resource, the data of a `finalized` CloudEvent.

    Raises EventError when it is not one: a broken JSON body, for instance, arrives as plain text.
    """
    if not isinstance(resource, Mapping):
        raise EventError(f"the event's data is {type(resource).__name__}, not a Cloud Storage object")
    try:
        return ObjectEvent(
            bucket=str(resource["bucket"]),
            name=str(resource["name"]),
            generation=int(resource["generation"]),
            uploaded_at=datetime.fromisoformat(str(resource["timeCreated"])),
            size=int(resource["size"]),
            version=str(resource.get("version", "")),
        )
    except (KeyError, ValueError) as error:
        raise EventError(f"the event's data is not a Cloud Storage object: {error}") from error
